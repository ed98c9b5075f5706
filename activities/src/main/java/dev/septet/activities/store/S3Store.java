package dev.septet.activities.store;

import com.fasterxml.jackson.core.JsonProcessingException;

import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.dsl.spec.SpecJson;
import dev.septet.workflows.artifact.ArtifactRef;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.services.s3.S3Client;

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

/**
 * The store in a bucket, shared by machines that share nothing else.
 *
 * <pre>
 * blobs/&lt;sha256&gt;                     a file, named by its content
 * artifacts/&lt;sha256&gt;/manifest.json   sha256 of these bytes is the name; written after its blobs
 * checkpoints/&lt;scope&gt;/...            see {@link S3Checkpoints}
 * records/&lt;name&gt;.record              small texts, each with a stamp of the commit that wrote it
 * fences/&lt;scope&gt;.json                see {@link S3Fences}
 * </pre>
 *
 * On this machine: verified copies and scratch.
 */
public final class S3Store implements ArtifactStore {
    private static final String RECORDS = "records/";
    private static final String SUFFIX = ".record";

    private final S3Objects objects;
    private final S3Fences fences;
    private final S3Upload upload;
    private final S3Download download;
    private final Path local;
    private final Disk disk;
    private final Scratch scratch;
    private final ArtifactCache cache;
    private final Fences locks;
    private final Hourly sweeping = new Hourly();
    private final Set<String> damaged = ConcurrentHashMap.newKeySet();

    /**
     * A record, with what makes its bytes unlike those of any other write.
     *
     * @param stamps of the commit that wrote it and of those before, newest first: one whose write
     *     was replaced at once finds here that it was made
     */
    record Stamped(String text, List<String> stamps) {
        static final int MOST = 50;
    }

    /**
     * A store.
     *
     * @param local folder of this machine for copies and scratch
     */
    public S3Store(S3Client client, S3Address at, Path local, CacheBound bound) {
        this(client, at, local, bound, new Disk(), Clock.systemUTC());
    }

    S3Store(S3Client client, S3Address at, Path local, CacheBound bound, Disk disk, Clock clock) {
        this.objects = new S3Objects(client, at);
        this.fences = new S3Fences(objects);
        this.upload = new S3Upload(objects);
        this.download = new S3Download(objects);
        this.local = local.toAbsolutePath().normalize();
        this.disk = disk;
        this.scratch = new Scratch(this.local.resolve("scratch"), disk);
        this.locks = new Fences(this.local.resolve("locks"), disk, scratch.processes());
        this.cache =
                new ArtifactCache(
                        this.local.resolve("artifacts"), disk, bound.bytes(), bound.rest(), clock);
    }

    @Override
    public CheckpointStore checkpoints() {
        return new S3Checkpoints(
                objects,
                fences,
                upload,
                download,
                scratch,
                locks,
                local.resolve("checkpoints"),
                disk);
    }

    @Override
    public void open(Fence fence) throws IOException {
        if (sweeping.isDue()) {
            removeLeftovers();
        }
        fences.open(fence);
        scratch.open(fence);
    }

    @Override
    public ArtifactRef put(Path folder, Fence fence) throws IOException {
        return put(Manifest.filesBelow(folder), fence);
    }

    @Override
    public ArtifactRef put(Map<String, Path> files, Fence fence) throws IOException {
        Path incoming = scratch(fence);
        try {
            Path copies = incoming.resolve("files");
            Manifest manifest = Manifest.copy(files, copies, disk);
            String digest = manifest.digest();
            fences.check(fence);
            boolean again = damaged.contains(digest);
            for (Manifest.Entry entry : manifest.files()) {
                upload.send(blob(entry), copies.resolve(entry.path()), entry, again);
            }
            String text = new String(manifest.bytes(), StandardCharsets.UTF_8);
            fences.commit(fence, manifest(digest), (stamp, before) -> text);
            damaged.remove(digest);
            disk.write(incoming.resolve(Manifest.FILE), manifest.bytes());
            locks.locked("artifact " + digest, () -> cache.take(incoming, digest));
            return new ArtifactRef(SCHEME + digest, digest, manifest.sizeBytes());
        } finally {
            scratch.giveBack(incoming, fence);
        }
    }

    @Override
    public Path fetch(ArtifactRef ref) throws IOException {
        String digest = LocalStore.digest(ref);
        return locks.locked(
                "artifact " + digest,
                () -> {
                    Optional<Path> here = cache.files(digest);
                    return here.isPresent() ? here.get() : download(digest);
                });
    }

    @Override
    public Optional<String> record(String name) throws IOException {
        return objects.read(RECORDS + Records.path(name) + SUFFIX)
                .map(stored -> parsed(name, stored.text()).text());
    }

    @Override
    public List<String> records(String prefix) throws IOException {
        int last = prefix.lastIndexOf('/');
        String folder = last < 0 ? "" : Records.path(prefix.substring(0, last)) + "/";
        return objects.names(RECORDS + folder).stream()
                .filter(key -> key.endsWith(SUFFIX))
                .map(key -> key.substring(RECORDS.length(), key.length() - SUFFIX.length()))
                .map(Records::name)
                .filter(name -> name.startsWith(prefix))
                .sorted()
                .toList();
    }

    @Override
    public void putRecord(String name, String text, Fence fence) throws IOException {
        fences.commit(
                fence,
                RECORDS + Records.path(name) + SUFFIX,
                (stamp, before) -> stamped(text, stamp, before));
    }

    @Override
    public boolean replaceRecord(String name, Optional<String> expected, String text, Fence fence)
            throws IOException {
        return fences.commitIf(
                fence,
                RECORDS + Records.path(name) + SUFFIX,
                stored -> stored.map(record -> parsed(name, record).text()).equals(expected),
                (stamp, before) -> stamped(text, stamp, before),
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

    /** By what the server knows of its objects: their sizes, and the sums of manifests. */
    @Override
    public Checked check(long bytes, boolean aside) throws IOException {
        List<String> digests =
                objects.names("artifacts/").stream()
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
                    if (!upload.holds(blob(entry), entry)) {
                        throw new CorruptArtifactException(
                                "%s%s: %s is missing or has another size"
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
        scratch.release(fetch); // what a killed process left: we hold the lock
        Path incoming = scratch(fetch);
        try {
            Manifest manifest = manifestOf(digest);
            disk.folder(incoming.resolve("files"));
            for (Manifest.Entry entry : manifest.files()) {
                Path file = incoming.resolve("files").resolve(entry.path()).normalize();
                Path parent = file.getParent();
                if (parent == null || !file.startsWith(incoming)) {
                    throw new CorruptArtifactException(
                            "%s%s: names a file outside of it"
                                    .formatted(objects.at(), manifest(digest)));
                }
                disk.folder(parent);
                download.fetch(blob(entry), file, entry);
                file.toFile().setReadOnly();
            }
            disk.write(incoming.resolve(Manifest.FILE), manifest.bytes());
            disk.sync(incoming);
            return cache.take(incoming, digest);
        } catch (CorruptArtifactException e) {
            damaged.add(digest); // so that putting it again repairs it
            throw e;
        } finally {
            scratch.release(fetch);
        }
    }

    private Manifest manifestOf(String digest) throws IOException {
        String name = manifest(digest);
        S3Objects.Stored stored =
                objects.read(name)
                        .orElseThrow(
                                () ->
                                        new CorruptArtifactException(
                                                "%s%s: missing; the artifact was never finished, or was removed"
                                                        .formatted(objects.at(), name)));
        if (!Sha256.of(stored.text()).equals(digest)) {
            throw new CorruptArtifactException(
                    "%s%s: changed; its sha256 is not %s".formatted(objects.at(), name, digest));
        }
        return Manifest.parse(Path.of(name), stored.text().getBytes(StandardCharsets.UTF_8));
    }

    private static String manifest(String digest) {
        return "artifacts/" + digest + "/" + Manifest.FILE;
    }

    private static String blob(Manifest.Entry entry) {
        return "blobs/" + entry.sha256();
    }

    private Stamped parsed(String name, String stored) {
        try {
            return SpecJson.mapper().readValue(stored, Stamped.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(
                    new CorruptArtifactException(
                            "%s%s%s: is no record".formatted(objects.at(), RECORDS, name)));
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
            return stamped(text, stamp, null); // what nobody can read is replaced
        }
    }
}
