import type { Member } from './shapes.ts';

/** Where in the message tree the transcoder is. Kept as numbers; text is made only when somebody asks. */
export class Path {
  private readonly members: Member[] = [];
  private readonly indexes: number[] = [];
  private depth = 0;

  enter(member: Member): void {
    this.members[this.depth] = member;
    this.indexes[this.depth++] = -1;
  }

  /** Steps to the next item of the array that was entered last. */
  next(): void {
    this.indexes[this.depth - 1]++;
  }

  leave(): void {
    this.depth--;
  }

  /** In the words of the .proto files, for errors: `resource_profiles[0].resource`. */
  proto(): string {
    return this.join(({ name }, index) => (index < 0 ? name : `${name}[${index}]`));
  }

  /** In the words of the JSON, the same for all items of an array: `resourceProfiles[].resource`. */
  json(): string {
    return this.join(({ json, repeated }) => (repeated ? `${json}[]` : json));
  }

  private join(step: (member: Member, index: number) => string): string {
    return this.members
      .slice(0, this.depth)
      .map((member, i) => step(member, this.indexes[i]))
      .join('.');
  }
}
