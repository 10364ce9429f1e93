/** The same question asked of other versions, and of a model in the kernel. */

import type { CompareWith, ComparisonView } from '../api/types';
import { troubleOf } from './asked';
import type { Trouble } from './asked';
import { KernelError } from './kernel';
import type { KernelModel, KernelTrouble } from './kernel';
import { Stated } from './stated';
import type { TesterModel } from './tester';

/** So many other versions at most. */
export const MOST_VERSIONS = 2;

/** A model in the kernel by name, and its method. */
export interface IHeld {
  readonly name: string;
  readonly method: string;
}

export interface ICompareState {
  readonly versions: readonly string[];
  /** a model in the kernel, and what it is asked; null for none */
  readonly held: IHeld | null;
  readonly asking: boolean;
  readonly trouble: Trouble | null;
  readonly kernelTrouble: KernelTrouble | null;
  readonly view: ComparisonView | null;
  /** the question that was asked, as {@link TesterModel} numbers them */
  readonly stamp: number;
}

const INITIAL: ICompareState = {
  versions: [],
  held: null,
  asking: false,
  trouble: null,
  kernelTrouble: null,
  view: null,
  stamp: 0
};

export class CompareModel extends Stated<ICompareState> {
  constructor(
    private readonly _tester: TesterModel,
    private readonly _kernel: KernelModel
  ) {
    super(INITIAL);
    _tester.forgetting.connect(this._forget, this);
  }

  /** Choose a version, or no longer; more than {@link MOST_VERSIONS} cannot be chosen. */
  toggle(version: string): void {
    const { versions } = this.state;
    const others = versions.filter(one => one !== version);
    if (others.length < versions.length || versions.length < MOST_VERSIONS) {
      this._set({ versions: others.length < versions.length ? others : [...versions, version] });
    }
  }

  choose(held: IHeld | null): void {
    this._set({ held });
  }

  /** Ask them all. */
  async run(): Promise<void> {
    const question = this._tester.question();
    const { versions, held } = this.state;
    if (!question || (versions.length === 0 && !held)) {
      return;
    }
    this._tester.touch();
    this._asking?.abort();
    const { signal } = (this._asking = new AbortController());
    const { stamp } = this._tester.state;
    const end = (patch: Partial<ICompareState>): void => {
      if (this._asking?.signal === signal) {
        this._set({ asking: false, ...patch });
      }
    };
    this._set({ asking: true, trouble: null, kernelTrouble: null, view: null });
    try {
      const others: CompareWith[] = versions.map(version => ({ version }));
      if (held) {
        const answers = await this._kernel.answers(held.name, held.method, question.rows ?? {});
        others.push({ label: `${held.name}.${held.method}`, answers });
      }
      const view = await this._tester.client.compare({ question, others }, signal);
      end({ view, stamp });
    } catch (error) {
      end(
        signal.aborted
          ? {}
          : error instanceof KernelError
            ? { kernelTrouble: error.trouble }
            : { trouble: troubleOf(error) }
      );
    }
  }

  /** Do not wait any longer. */
  cancel(): void {
    this._asking?.abort();
  }

  protected _end(): void {
    this._asking?.abort();
  }

  private _forget(): void {
    this._asking?.abort();
    this._set({ view: null, trouble: null, kernelTrouble: null });
  }

  private _asking: AbortController | null = null;
}
