/** Who asks, where, in which language: one per Lab, shared by everything of ours. */

import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { Client } from '../api/client';
import { SilenceError } from '../api/request';
import type { Change, Level, NamespaceView, PlaceView } from '../api/types';
import type { ISession, Standing } from '../tokens';
import { highest, inSight } from './levels';

/** The major number of the contract that this panel reads. */
export const API = 1;
/** The schema under which the server tells of changes. */
export const CHANGES = 'https://seldon-nb.io/events/change/v1';
/** While the panel is shown it asks once in this time, in ms, which keeps the server's watchers going. */
export const PULSE = 60_000;
const FIRST_PROBE = 1000;

/** What stays when Lab is closed: where a person looks. */
export interface IRemembered {
  place: string;
  namespace: string;
}

/** Where it is kept; both may fail quietly. */
export interface IMemory {
  recall(): Promise<IRemembered | null>;
  remember(what: IRemembered | null): void;
}

export class Session implements ISession, IDisposable {
  constructor(
    readonly client: Client,
    private readonly _memory: IMemory
  ) {}

  get standing(): Standing {
    return this._standing;
  }

  get places(): readonly PlaceView[] {
    return this._places;
  }

  get namespace(): NamespaceView | null {
    return this._namespace;
  }

  get level(): Level | null {
    if (this._namespace) {
      return this._namespace.level;
    }
    const own = this._standing.kind === 'ready' ? [this._standing.status.level] : [];
    return highest(inSight(this._places)) ?? highest(own);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get told(): ISignal<this, Change> {
    return this._told;
  }

  /** Once in {@link PULSE} while the panel is shown and the server answers. */
  get pulse(): ISignal<this, void> {
    return this._pulse;
  }

  /** Whether somebody looks at the panel: it is open, and so is the page. Nothing is asked otherwise. */
  get shown(): boolean {
    return this._shown;
  }

  set shown(value: boolean) {
    if (value === this._shown || this._disposed) {
      return;
    }
    this._shown = value;
    clearInterval(this._beat);
    clearTimeout(this._probe);
    if (value) {
      this._beat = setInterval(() => this._onBeat(), PULSE);
      if (this._standing.kind !== 'ready') {
        void this.refresh();
      } else {
        this._reset();
      }
    }
    this._changed.emit();
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  choose(namespace: NamespaceView | null): void {
    if (!sameNamespace(namespace, this._namespace)) {
      this._namespace = namespace;
      this._memory.remember(namespace && { place: namespace.place, namespace: namespace.name });
      this._changed.emit();
    }
  }

  refresh(): Promise<void> {
    this._asking ??= this._handshake().finally(() => {
      this._asking = null;
    });
    return this._asking;
  }

  /** Something came in on Jupyter's event bus, ours or not. */
  hear(event: { schema_id?: unknown; [key: string]: unknown }): void {
    if (event.schema_id === CHANGES && !this._disposed) {
      const change = event as unknown as Change;
      this._told.emit(change);
      if (change.kind === 'place' && this._shown) {
        void this._readPlaces().catch(() => undefined);
      }
    }
  }

  /** The server could not be reached, by whomever: look for it, and then ask everything anew. */
  lost(): void {
    if (this._standing.kind === 'ready') {
      this._stand({ kind: 'unreachable' });
    }
  }

  dispose(): void {
    if (!this._disposed) {
      this._disposed = true;
      clearInterval(this._beat);
      clearTimeout(this._probe);
      Signal.clearData(this);
    }
  }

  private async _handshake(): Promise<void> {
    clearTimeout(this._probe);
    const before = this._standing.kind;
    try {
      const status = await this.client.status();
      if (status.api !== API) {
        this._stand({ kind: 'other-version', server: status.version });
        return;
      }
      await this._readPlaces().catch(error => {
        if (error instanceof SilenceError) {
          throw error;
        }
        // The server says why the places cannot be told; its lists will say so too.
      });
      this._probes = 0;
      this._stand({ kind: 'ready', status });
      if (before === 'unreachable' || before === 'ready') {
        this._reset();
      }
    } catch (error) {
      this._stand({ kind: error instanceof SilenceError ? error.silence : 'unreachable' });
    }
  }

  private async _readPlaces(): Promise<void> {
    const places = (await this.client.places()).items;
    if (this._namespace === null && !this._recalled) {
      this._recalled = true;
      const kept = await this._memory.recall().catch(() => null);
      this._namespace = kept && find(places, kept.place, kept.namespace);
    } else if (this._namespace) {
      this._namespace = find(places, this._namespace.place, this._namespace.name);
    }
    const news = JSON.stringify(places) !== JSON.stringify(this._places);
    this._places = places;
    if (news) {
      this._changed.emit();
    }
  }

  private _stand(standing: Standing): void {
    const news = JSON.stringify(standing) !== JSON.stringify(this._standing);
    this._standing = standing;
    clearTimeout(this._probe);
    if (standing.kind === 'unreachable' && this._shown && !this._disposed) {
      this._probe = setTimeout(() => void this.refresh(), Math.min(FIRST_PROBE * 2 ** this._probes++, PULSE));
    }
    if (news && !this._disposed) {
      this._changed.emit();
    }
  }

  private _onBeat(): void {
    if (this._standing.kind === 'ready') {
      this._pulse.emit();
    }
  }

  /** Changes may have been missed: whoever holds something asks anew, once. */
  private _reset(): void {
    this._told.emit({ kind: 'place', act: 'reset', place: 'here' });
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _told = new Signal<this, Change>(this);
  private readonly _pulse = new Signal<this, void>(this);
  private _standing: Standing = { kind: 'asking' };
  private _places: readonly PlaceView[] = [];
  private _namespace: NamespaceView | null = null;
  private _recalled = false;
  private _asking: Promise<void> | null = null;
  private _shown = false;
  private _disposed = false;
  private _probes = 0;
  private _probe: ReturnType<typeof setTimeout> | undefined;
  private _beat: ReturnType<typeof setInterval> | undefined;
}

function find(places: readonly PlaceView[], place: string, name: string): NamespaceView | null {
  return places.find(one => one.name === place)?.namespaces.find(one => one.name === name) ?? null;
}

function sameNamespace(one: NamespaceView | null, other: NamespaceView | null): boolean {
  return one?.place === other?.place && one?.name === other?.name;
}
