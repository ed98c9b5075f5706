package dev.septet.workers.cli.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.audit.chain.AuditBreak;
import dev.septet.activities.audit.chain.AuditException;
import dev.septet.activities.audit.chain.AuditVerdict;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workflows.monitor.AuditHead;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code septet audit verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Check that no line or file of an audit log was changed, deleted, moved or cut off. For a pipeline,"
                    + " Septet also compares the log with the heads in the monitor's history. This needs a"
                    + " Temporal server that answers.",
            "",
            "The exit code is 7 when a check fails. You can verify a log while a server writes to it."
        })
final class AuditVerifyCommand implements Callable<Integer> {
    private static final String DIGEST = "[0-9a-f]{64}";

    private final Session session;

    @Mixin
    private LogOption log = new LogOption();

    @Option(
            names = "--digest",
            paramLabel = "SHA256",
            description =
                    "The digest that an earlier verification printed. With it, Septet also detects a complete rewrite"
                            + " of the log.")
    private @Nullable String digest;

    @Option(names = "--json", description = "Print the verdict as JSON")
    private boolean json;

    AuditVerifyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        String noted = digest;
        if (noted != null && !noted.matches(DIGEST)) {
            throw new CliProblem(
                    ExitCode.USAGE, "--digest takes the 64 hexadecimal digits that `septet audit verify` printed");
        }
        log.requireHere(session); // else a log on another host would look like a deleted one
        AuditVerdict verdict = verdict(noted);
        if (json) {
            ObjectNode node = SpecJson.mapper().valueToTree(verdict);
            node.put("whole", verdict.whole());
            session.terminal().print(SpecJson.mapper().writeValueAsString(node));
        } else {
            print(verdict);
        }
        return verdict.whole() ? ExitCode.OK : ExitCode.LOG_BROKEN;
    }

    private AuditVerdict verdict(@Nullable String noted) throws IOException {
        Optional<String> pipeline = log.pipeline(session);
        Optional<List<AuditHead>> heads =
                pipeline.isPresent() ? new NotedHeads(session).of(pipeline.get()) : Optional.empty();
        try {
            if (pipeline.isPresent() && heads.isPresent() && !heads.get().isEmpty()) {
                return session.auditLogs().verifier(pipeline.get()).verify(noted, heads.get());
            }
            AuditVerdict verdict =
                    session.auditLogs().verifier(log.folder(session)).verify(noted);
            if (pipeline.isPresent() && heads.isEmpty()) {
                session.terminal()
                        .note("the log was not compared with the monitor's history, because no Temporal server"
                                + " answers");
            }
            return verdict;
        } catch (AuditException unreadable) {
            throw new CliProblem(ExitCode.LOG_BROKEN, String.valueOf(unreadable.getMessage()));
        } catch (NoSuchFileException rotated) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "%s: retention deleted this file during the verification; verify again"
                            .formatted(rotated.getFile()));
        }
    }

    private void print(AuditVerdict verdict) {
        AuditBreak broken = verdict.broken();
        if (broken != null) {
            session.terminal()
                    .print("%s: broken. %s%s: %s (%s)"
                            .formatted(
                                    log.named(),
                                    broken.file().isEmpty() ? "the whole" : broken.file() + ":",
                                    broken.file().isEmpty() ? "" : broken.line(),
                                    broken.what(),
                                    broken.damage().name().toLowerCase(Locale.ROOT)));
            session.terminal()
                    .print(String.format(Locale.ROOT, "the %d lines before this place are intact", verdict.lines()));
            return;
        }
        session.terminal()
                .print(String.format(
                        Locale.ROOT,
                        "%s: complete. %d lines in %d files, %d to %d",
                        log.named(),
                        verdict.lines(),
                        verdict.files(),
                        verdict.first(),
                        verdict.last()));
        if (verdict.erased() > 0) {
            session.terminal()
                    .print(String.format(
                            Locale.ROOT,
                            "the content of %d lines was erased, as later lines record",
                            verdict.erased()));
        }
        session.terminal().print("digest %s".formatted(verdict.digest()));
        if (verdict.torn() > 0) {
            session.terminal()
                    .note(String.format(
                                    Locale.ROOT,
                                    "its last %d bytes are an unfinished line: it is being written, or a crash",
                                    verdict.torn())
                            + " cut it off; the next writer moves such bytes away");
        }
    }
}
