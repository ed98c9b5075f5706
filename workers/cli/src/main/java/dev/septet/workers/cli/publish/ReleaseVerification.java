package dev.septet.workers.cli.publish;

import dev.septet.activities.approval.AllowedSigners;
import dev.septet.activities.store.Sha256;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a downloaded release before it is unpacked, for {@code septet verify --release}: the signature of the list of
 * digests beside it, then the file's digest. The signers come from the operator, never from the release.
 *
 * @param running the version of this program; null when it is built from source
 */
record ReleaseVerification(Session session, @Nullable String running) {
    /** The list of digests, as {@code sha256sum} writes it. */
    private static final String LIST = "SHA256SUMS";

    private static final String SIGNATURE = LIST + ".sig";
    private static final String NAMESPACE = "septet-release";
    private static final String IDENTITY = "release";
    private static final String DEFAULT_SIGNERS = "/etc/septet/release-signers";
    private static final int LONGEST = 1 << 16;

    /** The version in the name of a file; a Debian package has a tilde before the word of an early version. */
    private static final Pattern VERSION = Pattern.compile(
            "^septet[-_](?:chart-|site-)?(\\d{1,9}\\.\\d{1,9}\\.\\d{1,9})(?:[-~](SNAPSHOT|rc\\.\\d{1,9}))?[-_.].*");

    /**
     * Prints that the file is what a signer released.
     *
     * @throws CliProblem RUN_FAILED when it is not; NOT_FOUND when a file is missing; USAGE when the signers are unusable
     */
    int run(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new CliProblem(ExitCode.NOT_FOUND, "there is no file %s".formatted(file));
        }
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        String list = text(folder.resolve(LIST));
        String signature = text(folder.resolve(SIGNATURE));
        String named = Setting.RELEASE_SIGNERS.text(session.environment());
        Path signers = Path.of(named.isEmpty() ? DEFAULT_SIGNERS : named);
        try {
            if (!new AllowedSigners(signers, NAMESPACE).signed(IDENTITY, list, signature)) {
                throw new CliProblem(
                        ExitCode.RUN_FAILED,
                        "%s is not a signature of %s by a key that %s allows for `%s`. Do not install this release: download it again, and compare the signers with those that the project publishes"
                                .formatted(SIGNATURE, LIST, signers, IDENTITY));
            }
        } catch (AllowedSigners.Unusable unusable) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "%s (%s). %s names another file"
                            .formatted(unusable.getMessage(), signers, Setting.RELEASE_SIGNERS.variable()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliProblem(ExitCode.INTERRUPTED, "interrupted before the signature was checked");
        }
        String name = file.getFileName().toString();
        String expected = listed(list, name);
        String found = Sha256.of(file);
        if (!found.equals(expected)) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "%s has the sha256 %s, but the signed list expects %s. Do not install it: download it again"
                            .formatted(file, found, expected));
        }
        older(name).ifPresent(session.terminal()::note);
        session.terminal().print("ok  %s is the file that was signed (sha256 %s)".formatted(name, found));
        return ExitCode.OK;
    }

    /**
     * A warning about an older release, which a person may have been given instead of the newest. A signature does not
     * become invalid with time.
     */
    private Optional<String> older(String name) {
        Matcher file = VERSION.matcher(name);
        if (running == null || !file.matches()) {
            return Optional.empty();
        }
        String early = file.group(2);
        String release = early == null ? file.group(1) : file.group(1) + "-" + early;
        try {
            return Version.parse(release).compareTo(Version.parse(running)) >= 0
                    ? Optional.empty()
                    : Optional.of(
                            "WARNING: %s is version %s, older than this program (%s). An older version does not read what a newer one wrote, and may lack its fixes"
                                    .formatted(name, release, running));
        } catch (IllegalArgumentException unknown) {
            return Optional.empty();
        }
    }

    private static String listed(String list, String name) {
        Matcher line = Pattern.compile("^([0-9a-f]{64}) [ *]" + Pattern.quote(name) + "$", Pattern.MULTILINE)
                .matcher(list);
        if (!line.find()) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "the signed %s has no line for %s. A renamed file, or one of another release, is not proved: download it under its own name"
                            .formatted(LIST, name));
        }
        return line.group(1);
    }

    private static String text(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "there is no %s. Download %s and %s of the release into the same folder"
                            .formatted(file, LIST, SIGNATURE));
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LONGEST + 1);
            if (bytes.length > LONGEST) {
                throw new CliProblem(
                        ExitCode.RUN_FAILED,
                        String.format(
                                Locale.ROOT, "%s is larger than %d bytes: it is not of a release", file, LONGEST));
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
