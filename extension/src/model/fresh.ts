/** Keeps what is looked at up to date: asks when somebody looks and it may have become another one; asks nothing while nobody does. */
export class Fresh {
  constructor(private readonly _ask: () => void) {}

  /** Somebody looks, or nobody does; what was missed is asked for when somebody looks again. */
  look(looking: boolean): void {
    this._looking = looking;
    if (looking && this._stale) {
      this.refresh();
    }
  }

  /** It may be another one by now. */
  age(): void {
    this._stale = true;
    if (this._looking) {
      this.refresh();
    }
  }

  /** Ask now. */
  refresh(): void {
    this._stale = false;
    this._ask();
  }

  private _looking = false;
  private _stale = true;
}
