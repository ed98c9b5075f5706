package dev.septet.activities.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.encryption.AtRestCount;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The store in a bucket, shared by machines that share nothing else.
 *
 * <pre>
 * blobs/&lt;sha256&gt;                     a file, named by its digest
 * artifacts/&lt;sha256&gt;/manifest.json   sha256 of these bytes is the name; written after its blobs
 * checkpoints/&lt;scope&gt;/...            see {@link S3Checkpoints}
 * records/&lt;name&gt;.record              small records, each with a stamp of its commit
 * fences/&lt;scope&gt;.json                see {@link S3Fences}
 * encrypted                          marker with key checks: see {@link KeyChecks}
 * </pre>
 *
 * This machine has verified copies and scratch folders. With keys, everything in the bucket is
 * encrypted. Copies then belong to one process and are removed with it ({@link PlainCopies}).
 */
public final class S3Store implements ArtifactStore {
    static final String RECORDS = "records/";

    private final S3Objects objects;
    private final S3Fences fences;
    private final S3Files files;
    private final StoredFiles stored;
    private final StoredTexts texts;
    private final KeyChecks checks;
    private final PlainCopies copies;
    private final Path local;
    private final Disk disk;
    private final Scratch scratch;
    private final ArtifactCache cache;
    private final Fences locks;
    private final Hourly sweeping = new Hourly();
    private final AtomicBoolean marked = new AtomicBoolean();
    private final Set<String> damaged = ConcurrentHashMap.newKeySet();

    /**
     * A record with stamps, which make its bytes different from those of any other write.
     *
     * @param stamps stamps of the commit that wrote it and of earlier ones, newest first: a commit
     *     that was replaced immediately finds here that it was written
     */
    record Stamped(String text, List<String> stamps) {
        static final int MOST = 50;
    }

    /**
     * Opens a store.
     *
     * @param local folder of this machine for copies and scratch
     */
    public S3Store(S3Client client, S3Address at, Path local, CacheBound bound) {
        this(client, at, local, new AtRest(AtRestEncryption.none(), null, bound), new Disk(), Clock.systemUTC());
    }

    S3Store(S3Client client, S3Address at, Path local, AtRest atRest, Disk disk, Clock clock) {
        CacheBound bound = atRest.bound();
        this.objects = new S3Objects(client, at);
        this.fences = new S3Fences(objects);
        this.texts = new S3Texts(objects);
        this.checks = new KeyChecks(atRest.encryption(), new Marker(objects), texts);
        this.stored = new StoredFiles(atRest.encryption(), disk, checks);
        this.files = new S3Files(objects, stored);
        this.local = local.toAbsolutePath().normalize();
        this.disk = disk;
        this.scratch = new Scratch(atRest.scratch() == null ? this.local.resolve("scratch") : atRest.scratch(), disk);
        this.copies = new PlainCopies(scratch.processes(), disk, bound, clock);
        this.locks = new Fences(this.local.resolve("locks"), disk, scratch.processes());
        this.cache = new ArtifactCache(this.local.resolve("artifacts"), disk, bound.bytes(), bound.rest(), clock);
    }

    @Override
    public CheckpointStore checkpoints() {
        return new S3Checkpoints(
                objects, fences, files, stored, copies, scratch, locks, local.resolve("checkpoints"), disk);
    }

    @Override
    public void open(Fence fence) throws IOException {
        if (sweeping.isDue()) {
            removeLeftovers();
        }
        mark();
        fences.open(fence);
        scratch.open(fence);
    }

    @Override
    public ArtifactRef put(Path folder, Fence fence) throws IOException {
        return put(Manifest.filesBelow(folder), fence);
    }

    @Override
    public ArtifactRef put(Map<String, Path> contents, Fence fence) throws IOException {
        mark();
        Path incoming = scratch(fence);
        try {
            Path plain = incoming.resolve("files");
            Manifest manifest = Manifest.copy(contents, plain, disk);
            String digest = manifest.digest();
            fences.check(fence);
            boolean again = damaged.contains(digest);
            for (Manifest.Entry entry : manifest.files()) {
                files.send(blob(entry), plain.resolve(entry.path()), entry, again);
            }
            String text = stored.text(manifest, StoredFiles.manifestPlace(digest));
            fences.commit(fence, manifest(digest), (stamp, before) -> text);
            damaged.remove(digest);
            disk.write(incoming.resolve(Manifest.FILE), manifest.bytes());
            if (stored.encryption().encrypts()) {
                copies.take(manifest, incoming);
            } else {
                locks.locked("artifact " + digest, () -> cache.take(incoming, digest));
            }
            return new ArtifactRef(SCHEME + digest, digest, manifest.sizeBytes());
        } finally {
            scratch.giveBack(incoming, fence);
        }
    }

    @Override
    public Path fetch(ArtifactRef ref) throws IOException {
        String digest = LocalStore.digest(ref);
        if (stored.encryption().encrypts()) {
            Manifest manifest = neededManifest(digest);
            return copies.artifact(manifest, to -> download(digest, manifest, to));
        }
        return locks.locked("artifact " + digest, () -> {
            Optional<Path> here = cache.files(digest);
            return here.isPresent() ? here.get() : download(digest);
        });
    }

    @Override
    public Optional<String> record(String name) throws IOException {
        Optional<S3Objects.Stored> object = objects.read(RECORDS + Records.path(name) + Records.SUFFIX);
        return object.isEmpty()
                ? Optional.empty()
                : Optional.of(text(name, object.get().text()));
    }

    @Override
    public List<String> records(String prefix) throws IOException {
        int last = prefix.lastIndexOf('/');
        String folder = last < 0 ? "" : Records.path(prefix.substring(0, last)) + "/";
        return objects.names(RECORDS + folder).stream()
                .filter(key -> key.endsWith(Records.SUFFIX))
                .map(key -> key.substring(RECORDS.length(), key.length() - Records.SUFFIX.length()))
                .map(Records::name)
                .filter(name -> name.startsWith(prefix))
                .sorted()
                .toList();
    }

    @Override
    public void putRecord(String name, String text, Fence fence) throws IOException {
        mark();
        String secret = stored.encryption().encrypted(text, StoredFiles.recordPlace(name));
        fences.commit(
                fence,
                RECORDS + Records.path(name) + Records.SUFFIX,
                (stamp, before) -> stamped(secret, stamp, before));
    }

    @Override
    public boolean replaceRecord(String name, Optional<String> expected, String text, Fence fence) throws IOException {
        mark();
        String secret = stored.encryption().encrypted(text, StoredFiles.recordPlace(name));
        return fences.commitIf(
                fence,
                RECORDS + Records.path(name) + Records.SUFFIX,
                object -> object.map(record -> unchecked(name, record)).equals(expected),
                (stamp, before) -> stamped(secret, stamp, before),
                (now, stamp) -> parsed(name, now).stamps().contains(stamp));
    }

    @Override
    public Path scratch(Fence fence) throws IOException {
        return scratch.folder(fence);
    }

    @Override
    public void release(Fence fence) throws IOException {
        scratch.release(fence);
        fences.release(fence);
    }

    /** Uses only the server's metadata: the objects' sizes, and the checksums of manifests. */
    @Override
    public Checked check(long bytes, boolean aside) throws IOException {
        List<String> digests = objects.names("artifacts/").stream()
                .filter(name -> name.endsWith("/" + Manifest.FILE))
                .map(name -> name.split("/", -1)[1])
                .toList();
        List<String> damaged = new ArrayList<>();
        long left = bytes;
        int checked = 0;
        int locked = 0;
        for (String digest : digests) {
            if (left <= 0) {
                break;
            }
            checked++;
            try {
                Manifest manifest = manifestOf(digest);
                for (Manifest.Entry entry : manifest.files()) {
                    if (!files.holds(blob(entry), entry)) {
                        throw new CorruptArtifactException("%s%s: %s is missing or has another size"
                                .formatted(objects.at(), manifest(digest), entry.path()));
                    }
                }
                left -= Math.max(1, manifest.sizeBytes());
            } catch (MissingKeyException withoutKey) {
                locked++;
            } catch (CorruptArtifactException broken) {
                damaged.add(String.valueOf(broken.getMessage()));
            }
        }
        return new Checked(checked, digests.size(), locked, damaged);
    }

    @Override
    public AtRestCount atRest(int most) throws IOException {
        checks.verify();
        return texts.count(stored.encryption(), most);
    }

    @Override
    public Leftovers leftovers() throws IOException {
        return new Leftovers(fences.left(), scratch.left());
    }

    @Override
    public Leftovers removeLeftovers() throws IOException {
        Leftovers left = leftovers();
        for (Path folder : left.scratch()) {
            disk.remove(folder);
        }
        for (String scope : left.fences()) {
            fences.removeLeft(scope);
        }
        for (Path file : locks.litter()) {
            disk.remove(file);
        }
        return left;
    }

    private Path download(String digest) throws IOException {
        Fence fetch = new Fence("fetch " + digest, 1);
        scratch.release(fetch); // the rest of a killed process: this process holds the lock
        Path incoming = scratch(fetch);
        try {
            Manifest manifest = neededManifest(digest);
            disk.folder(incoming.resolve("files"));
            download(digest, manifest, incoming.resolve("files"));
            disk.write(incoming.resolve(Manifest.FILE), manifest.bytes());
            disk.sync(incoming);
            return cache.take(incoming, digest);
        } finally {
            scratch.release(fetch);
        }
    }

    private void download(String digest, Manifest manifest, Path to) throws IOException {
        try {
            for (Manifest.Entry entry : manifest.files()) {
                Path file = to.resolve(entry.path()).normalize();
                Path parent = file.getParent();
                if (parent == null || !file.startsWith(to)) {
                    throw new CorruptArtifactException(
                            "%s%s: names a file outside of it".formatted(objects.at(), manifest(digest)));
                }
                disk.folder(parent);
                files.fetch(blob(entry), file, entry);
                file.toFile().setReadOnly();
            }
        } catch (CorruptArtifactException e) {
            damaged.add(digest); // so that storing it again repairs it
            throw e;
        }
    }

    /** Creates the marker that the bucket is encrypted, once. */
    private void mark() throws IOException {
        if (!marked.get()) {
            checks.open();
            marked.set(true);
        }
    }

    private Manifest neededManifest(String digest) throws IOException {
        try {
            return manifestOf(digest);
        } catch (CorruptArtifactException e) {
            damaged.add(digest);
            throw e;
        }
    }

    private Manifest manifestOf(String digest) throws IOException {
        String name = manifest(digest);
        S3Objects.Stored object = objects.read(name)
                .orElseThrow(() ->
                        new CorruptArtifactException("%s%s: missing; the artifact was never finished, or was removed"
                                .formatted(objects.at(), name)));
        String text = stored.plain(object.text(), objects.at() + name, StoredFiles.manifestPlace(digest));
        if (!Sha256.of(text).equals(digest)) {
            throw new CorruptArtifactException(
                    "%s%s: changed; its sha256 is not %s".formatted(objects.at(), name, digest));
        }
        return Manifest.parse(Path.of(name), text.getBytes(StandardCharsets.UTF_8));
    }

    private static String manifest(String digest) {
        return "artifacts/" + digest + "/" + Manifest.FILE;
    }

    private static String blob(Manifest.Entry entry) {
        return "blobs/" + entry.sha256();
    }

    private String text(String name, String object) throws IOException {
        return stored.plain(parsed(name, object).text(), objects.at() + RECORDS + name, StoredFiles.recordPlace(name));
    }

    private String unchecked(String name, String object) {
        try {
            return text(name, object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Stamped parsed(String name, String stored) {
        try {
            return SpecJson.mapper().readValue(stored, Stamped.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(
                    new CorruptArtifactException("%s%s%s: is not a record".formatted(objects.at(), RECORDS, name)));
        }
    }

    private static String stamped(String text, String stamp, @Nullable String before) {
        List<String> stamps = new ArrayList<>(List.of(stamp));
        try {
            if (before != null) {
                stamps.addAll(SpecJson.mapper().readValue(before, Stamped.class).stamps());
            }
            int most = Math.min(stamps.size(), Stamped.MOST);
            return SpecJson.mapper().writeValueAsString(new Stamped(text, stamps.subList(0, most)));
        } catch (JsonProcessingException damaged) {
            return stamped(text, stamp, null); // an unreadable record is replaced
        }
    }

    private record Marker(S3Objects objects) implements KeyChecks.Marker {
        private static final String NAME = "encrypted";

        @Override
        public String at() {
            return objects.at() + NAME;
        }

        @Override
        public Optional<String> read() throws IOException {
            return objects.read(NAME).map(S3Objects.Stored::text);
        }

        @Override
        public boolean replace(Optional<String> expected, String text) throws IOException {
            Optional<S3Objects.Stored> there = objects.read(NAME);
            if (!there.map(S3Objects.Stored::text).equals(expected)) {
                return false;
            }
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            String etag = there.map(S3Objects.Stored::etag).orElse(null);
            return objects.putIf(NAME, bytes, etag) != null;
        }
    }
}
