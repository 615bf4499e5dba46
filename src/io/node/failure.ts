import { PprofOtlpError, type Stage } from '../../errors.ts';

const WORDS: Record<string, string> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'is a directory',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is too large for the file system',
  EIO: 'the device failed',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many open files',
  ENXIO: 'no such device or address',
  EPIPE: 'the reader is gone',
  EBADF: 'is closed',
};

/** The error of a system call in words that say what happened to the file. */
export function ioError(error: unknown, stage: Stage & ('read' | 'write'), what?: string): PprofOtlpError {
  if (error instanceof PprofOtlpError) return error;
  const code = systemCode(error);
  const words = (code && WORDS[code]) ?? (error instanceof Error ? error.message : String(error));
  const verb = stage === 'read' ? "can't read" : "can't write";
  const message = `${verb}${what === undefined ? '' : ` ${what}`}: ${words}${code ? ` (${code})` : ''}`;
  return new PprofOtlpError('io', message, { stage, cause: error });
}

export function systemCode(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
