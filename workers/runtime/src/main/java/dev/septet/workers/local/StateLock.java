package dev.septet.workers.local;

import dev.septet.activities.backup.Restore;
import dev.septet.activities.store.FileModes;
import dev.septet.settings.Setting;
import dev.septet.workers.StateFolder;
import dev.septet.workers.server.ServerProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;

/** The lock on a state folder: only the process that holds it runs a server and workers there. */
record StateLock(FileChannel channel, FileLock lock) implements AutoCloseable {
    /**
     * Takes the lock.
     *
     * @throws ServerProblem when another process holds it; the message names that process
     */
    static StateLock take(StateFolder state) throws IOException {
        FileModes.OWNER.folder(state.path());
        Restore.requireCompleted(state.path());
        FileChannel channel = FileModes.OWNER.open(
                state.lock(), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            // This JVM holds it already: the same as if another process held it.
        }
        if (lock == null) {
            ByteBuffer owner = ByteBuffer.allocate(64);
            channel.read(owner, 0);
            channel.close();
            throw new ServerProblem(
                    "process %s already runs Septet's server and workers on %s. Wait until they answer, end that process, or set %s to another folder."
                            .formatted(
                                    new String(owner.array(), 0, owner.position(), StandardCharsets.UTF_8).strip(),
                                    state.path(),
                                    Setting.STATE.variable()));
        }
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
        return new StateLock(channel, lock);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
