/**
 * Container images for a machine that reaches no registry: Debian's static busybox and a configuration, as an OCI
 * archive that `ctr images import` reads. The same busybox and configuration always give the same digest.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

export interface ImageSpec {
  /** Repository and tag. */
  readonly reference: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Image {
  /** `repository:tag` */
  readonly tagged: string;
  /** `repository:tag@sha256:…` */
  readonly pinned: string;
  /** `repository@sha256:…`: the name under which the runtime finds a digest. */
  readonly byDigest: string;
  readonly digest: string;
}

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const BUSYBOX = '/bin/busybox';
/** Same names, same owner, same time: the same bytes. */
const TAR = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=ustar'];

/** Writes `<directory>/images.tar` with all of them, each under its tag and under its digest. */
export function makeImages(directory: string, specs: readonly ImageSpec[]): { archive: string; images: Image[] } {
  const layout = join(directory, 'images');
  mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
  const layer = addLayer(layout, makeRoot(join(directory, 'image-root')));
  const manifests = specs.map((spec) => addManifest(layout, layer, spec));
  const images = specs.map((spec, i) => named(spec.reference, manifests[i]!.digest));
  const entries = images.flatMap(({ tagged, byDigest }, i) =>
    [tagged, byDigest].map((name) => ({ ...manifests[i], annotations: { 'io.containerd.image.name': name } })),
  );
  writeFileSync(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: entries }));
  const archive = join(directory, 'images.tar');
  execFileSync('tar', ['-C', layout, ...TAR, '-cf', archive, '.']);
  rmSync(layout, { recursive: true });
  return { archive, images };
}

function named(tagged: string, digest: string): Image {
  const repository = tagged.slice(0, tagged.lastIndexOf(':'));
  return { tagged, pinned: `${tagged}@${digest}`, byDigest: `${repository}@${digest}`, digest };
}

function makeRoot(root: string): string {
  for (const name of ['bin', 'etc', 'tmp', 'proc', 'sys', 'dev']) mkdirSync(join(root, name), { recursive: true });
  copyFileSync(BUSYBOX, join(root, 'bin', 'busybox'));
  for (const applet of execFileSync(BUSYBOX, ['--list'], { encoding: 'utf8' }).trim().split('\n'))
    if (applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet));
  writeFileSync(join(root, 'etc', 'passwd'), 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n');
  writeFileSync(join(root, 'etc', 'group'), 'root:x:0:\nnogroup:x:65534:\n');
  return root;
}

function addLayer(layout: string, root: string): Blob {
  const file = join(layout, 'layer.tar');
  execFileSync('tar', ['-C', root, ...TAR, '-cf', file, '.']);
  rmSync(root, { recursive: true });
  const blob = addBlob(layout, 'application/vnd.oci.image.layer.v1.tar', readFileSync(file));
  rmSync(file);
  return blob;
}

function addManifest(layout: string, layer: Blob, { command, env = {} }: ImageSpec): Blob {
  const Env = Object.entries({ PATH: '/bin', ...env }).map(([name, value]) => `${name}=${value}`);
  const config = {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Env, Cmd: command },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: addBlob(layout, 'application/vnd.oci.image.config.v1+json', Buffer.from(JSON.stringify(config))),
    layers: [layer],
  };
  return addBlob(layout, manifest.mediaType, Buffer.from(JSON.stringify(manifest)));
}

function addBlob(layout: string, mediaType: string, bytes: Buffer): Blob {
  const hash = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(join(layout, 'blobs', 'sha256', hash), bytes);
  return { mediaType, digest: `sha256:${hash}`, size: bytes.length };
}
