import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

/** A model that is one value, changed in parts and told each time. What it holds goes when it is disposed. */
export abstract class Stated<S extends object> implements IDisposable {
  constructor(private readonly _initial: S) {
    this._state = _initial;
  }

  get state(): S {
    return this._state;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._end();
      this._state = this._initial;
      Signal.clearData(this);
    }
  }

  /** Give up what is on its way; nothing is told any more. */
  protected abstract _end(): void;

  protected _set(patch: Partial<S>): void {
    if (!this._isDisposed) {
      this._state = { ...this._state, ...patch };
      this._changed.emit();
    }
  }

  private _state: S;
  private _isDisposed = false;
  private readonly _changed = new Signal<this, void>(this);
}
