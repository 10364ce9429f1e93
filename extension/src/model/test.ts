/** All that one test view stands on. */

import type { IDisposable } from '@lumino/disposable';

import type { Client, ITarget } from '../api/client';
import { CasesModel } from './cases';
import { CompareModel } from './compare';
import { KernelModel } from './kernel';
import type { IKernelHost } from './kernel';
import { TesterModel } from './tester';

export class TestModels implements IDisposable {
  constructor(client: Client, target: ITarget, predictor: string, language: string, host: IKernelHost) {
    this.tester = new TesterModel(client, target, predictor, language);
    this.kernel = new KernelModel(host, () => {
      const fields = this.tester.state.form?.fields ?? [];
      return { columns: fields.map(field => field.name), types: fields.map(field => field.type), language };
    });
    this.cases = new CasesModel(this.tester);
    this.compare = new CompareModel(this.tester, this.kernel);
  }

  get isDisposed(): boolean {
    return this.tester.isDisposed;
  }

  dispose(): void {
    this.compare.dispose();
    this.cases.dispose();
    this.kernel.dispose();
    this.tester.dispose();
  }

  readonly tester: TesterModel;
  readonly kernel: KernelModel;
  readonly cases: CasesModel;
  readonly compare: CompareModel;
}
