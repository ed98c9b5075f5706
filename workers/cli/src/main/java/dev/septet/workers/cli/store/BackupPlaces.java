package dev.septet.workers.cli.store;

import dev.septet.activities.backup.BackupRepository;
import dev.septet.activities.backup.BucketPlace;
import dev.septet.activities.backup.FilePlace;
import dev.septet.activities.backup.FolderPlace;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.encryption.KeyProblem;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.nio.file.Path;

/** Where backups and the files of the store are. */
record BackupPlaces(Session session) {
    /**
     * The backups at an address.
     *
     * @param address a folder, or {@code s3://bucket/prefix}
     */
    BackupRepository repository(String address) {
        try {
            return new BackupRepository(place(address), AtRestEncryption.of(session.environment()));
        } catch (KeyProblem problem) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(problem.getMessage()));
        }
    }

    private FilePlace place(String address) {
        try {
            if (S3Address.names(address)) {
                return BucketPlace.of(address, session.environment(), scratch());
            }
            Path folder = Path.of(address).toAbsolutePath().normalize();
            Path state = session.state().path().toAbsolutePath().normalize();
            if (folder.startsWith(state) || state.startsWith(folder)) {
                throw new CliProblem(
                        ExitCode.USAGE,
                        "%s and the state folder %s are on the same disk, one inside the other; name a folder elsewhere"
                                .formatted(folder, state));
            }
            return new FolderPlace(folder, new Disk());
        } catch (IllegalArgumentException invalid) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(invalid.getMessage()));
        }
    }

    /** Whether the store is in a bucket. */
    boolean bucket() {
        return S3Address.names(Setting.STORE.text(session.environment()));
    }

    /** The files of the configured store. */
    FilePlace store() {
        String named = Setting.STORE.text(session.environment());
        try {
            return bucket()
                    ? BucketPlace.of(named, session.environment(), scratch())
                    : new FolderPlace(named.isEmpty() ? session.state().store() : Path.of(named), new Disk());
        } catch (IllegalArgumentException invalid) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(invalid.getMessage()));
        }
    }

    private Path scratch() {
        return session.state().path().resolve("temporary");
    }
}
