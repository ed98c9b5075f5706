package dev.septet.activities.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Decides which attempt of a scope may write. The newest attempt's number is in a file. A lock is
 * held from the check to the end of the commit, so no other attempt can take over in between.
 *
 * <p>The file is removed when its attempt has ended or its process is dead. An attempt that opened
 * its fence and no longer finds it has ended, and may not write.
 */
final class Fences implements Storage.Fencing {
    /**
     * An earlier version did not record the process. No process of that version writes for longer
     * than this.
     */
    private static final Duration OLD = Duration.ofDays(7);

    private static final String NUMBER = ".fence";
    private static final String OWNER = ".owner";

    private final Path folder;
    private final Disk disk;
    private final LiveProcesses processes;
    private final Fence.Opened opened = new Fence.Opened();

    Fences(Path folder, Disk disk, LiveProcesses processes) {
        this.folder = folder;
        this.disk = disk;
        this.processes = processes;
    }

    @Override
    public void open(Fence fence) throws IOException {
        locked(fence.scope(), () -> {
            FencingToken newest = newest(fence.scope());
            if (fence.token().isBefore(newest)) {
                throw new FencedException(fence, newest);
            }
            // The owner is written first, because a fence without an owner would stay for days.
            write(fence.scope(), OWNER, processes.token());
            if (newest.isBefore(fence.token())) {
                write(fence.scope(), NUMBER, fence.token().toString());
            }
            opened.add(fence);
            return newest;
        });
    }

    @Override
    public <R> R holding(Fence fence, Storage.Work<R> commit) throws IOException {
        return locked(fence.scope(), () -> {
            FencingToken newest = newest(fence.scope());
            if (fence.token().isBefore(newest)) {
                throw new FencedException(fence, newest);
            }
            if (newest.isBefore(fence.token()) && opened.contains(fence)) {
                throw new FencedException(fence);
            }
            return commit.run();
        });
    }

    /** Ends an attempt: it may not write any more, and its fence is removed. */
    @Override
    public void release(Fence fence) throws IOException {
        if (!opened.contains(fence)) {
            return;
        }
        locked(fence.scope(), () -> {
            if (newest(fence.scope()).equals(fence.token())) {
                remove(fence.scope());
            }
            opened.end(fence);
            return fence;
        });
    }

    /** Scopes whose newest attempt's process is dead. */
    @Override
    public List<String> left() throws IOException {
        List<String> left = new ArrayList<>();
        for (String scope : scopes()) {
            if (isLeft(scope)) {
                left.add(scope);
            }
        }
        return left;
    }

    /** Removes a scope's fence, unless another attempt has taken it since. */
    @Override
    public void removeLeft(String scope) throws IOException {
        locked(scope, () -> {
            if (isLeft(scope)) {
                remove(scope);
            }
            return scope;
        });
    }

    /** Lock files of an earlier version, which had one for each name. */
    static List<Path> lockFiles(Path folder) throws IOException {
        List<Path> lockFiles = new ArrayList<>();
        Instant old = Instant.now().minus(OLD);
        for (String name : names(folder)) {
            Path file = folder.resolve(name);
            if (name.endsWith(".lock") && modified(file).isBefore(old)) {
                lockFiles.add(file);
            }
        }
        return lockFiles;
    }

    /** Runs work while no other thread or process holds the lock of this name. */
    <R> R locked(String name, Storage.Work<R> commit) throws IOException {
        return NameLocks.in(folder).locked(name, commit);
    }

    private boolean isLeft(String scope) throws IOException {
        Optional<String> owner = text(file(scope, OWNER));
        if (owner.isPresent()) {
            return !processes.alive(owner.get());
        }
        Path number = file(scope, NUMBER);
        return Files.exists(number) && modified(number).isBefore(Instant.now().minus(OLD));
    }

    private FencingToken newest(String scope) throws IOException {
        return text(file(scope, NUMBER)).map(FencingToken::parse).orElse(FencingToken.NONE);
    }

    private void write(String scope, String suffix, String text) throws IOException {
        Path next = processes.own().resolve(".next-" + StoreNames.encoded(scope));
        disk.write(next, text.getBytes(StandardCharsets.UTF_8));
        disk.move(next, file(scope, suffix));
    }

    /** The owner is removed last, because a fence without an owner would stay for days. */
    private void remove(String scope) throws IOException {
        disk.remove(file(scope, NUMBER));
        disk.remove(file(scope, OWNER));
    }

    private Set<String> scopes() throws IOException {
        Set<String> scopes = new TreeSet<>();
        for (String name : names(folder)) {
            if (name.endsWith(NUMBER) || name.endsWith(OWNER)) {
                scopes.add(StoreNames.decoded(name.substring(0, name.lastIndexOf('.'))));
            }
        }
        return scopes;
    }

    private static List<String> names(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private Path file(String scope, String suffix) {
        return folder.resolve(StoreNames.encoded(scope) + suffix);
    }

    private static Optional<String> text(Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    private static Instant modified(Path file) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (NoSuchFileException missing) {
            return Instant.now();
        }
    }
}
