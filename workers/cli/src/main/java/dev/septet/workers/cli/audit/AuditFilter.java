package dev.septet.workers.cli.audit;

import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.AuditRecord;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.audit.Thumb;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that select lines of an audit log. A line must match all given options. */
final class AuditFilter {
    private static final Set<String> KINDS = Set.of("answer", "feedback", "repair", "retention", "erasure", "erased");

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "Only answer, feedback, repair, retention, erasure or erased")
    private @Nullable String kind;

    @Option(names = "--id", paramLabel = "ID", description = "Only this answer and the feedback on it")
    private @Nullable String id;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only from this time on: 2026-03-01T12:00:00Z, or a time ago such as 90m, 36h")
    private @Nullable String since;

    @Option(
            names = "--version-served",
            paramLabel = "VERSION",
            description = "Only answers of this version: its first characters")
    private @Nullable String version;

    @Option(
            names = "--thumb",
            paramLabel = "up|down",
            description = "Only feedback of this kind; down includes corrections without a thumb")
    private @Nullable String thumb;

    @Option(names = "--refused", description = "Only answers that decline to answer")
    private boolean refused;

    @Option(names = "--failed", description = "Only requests that failed")
    private boolean failed;

    private @Nullable Instant from;

    /**
     * Validates and parses the options.
     *
     * @throws CliProblem USAGE when an option is invalid
     */
    void check(Instant now) {
        if (kind != null && !KINDS.contains(kind)) {
            throw usage("--kind is answer, feedback, repair, retention, erasure or erased, not '%s'", kind);
        }
        if (thumb != null && !Set.of("up", "down").contains(thumb)) {
            throw usage("--thumb is up or down, not '%s'", thumb);
        }
        String sinceText = since;
        if (sinceText != null) {
            try {
                from = sinceText.matches("[0-9]{1,6}[mhd]")
                        ? now.minus(Duration.parse(
                                (sinceText.endsWith("d") ? "P" : "PT") + sinceText.toUpperCase(Locale.ROOT)))
                        : Instant.parse(sinceText);
            } catch (DateTimeParseException e) {
                throw usage(
                        "--since takes a time such as 2026-03-01T12:00:00Z, 90m, 36h or 7d, not" + " '%s'", sinceText);
            }
        }
    }

    boolean matches(AuditRecord line) {
        return (kind == null || kind.equals(line.kind()))
                && (from == null || !line.event().time().isBefore(from))
                && takesAnswer(line)
                && takesFeedback(line);
    }

    private boolean takesAnswer(AuditRecord line) {
        if (!refused && !failed && version == null) {
            return true;
        }
        return line.event() instanceof AnswerEvent answer
                && (!refused || answer.reply().refused())
                && (!failed || answer.reply().error() != null)
                && (version == null || answer.servedBy().version().startsWith(version));
    }

    private boolean takesFeedback(AuditRecord line) {
        if (id != null && line.event() instanceof AnswerEvent answer) {
            return answer.id().equals(id) && thumb == null;
        }
        if (line.event() instanceof FeedbackEvent feedback) {
            return (id == null || feedback.of().equals(id) || feedback.id().equals(id))
                    && (thumb == null || thumb.equals("up") == (feedback.thumb() == Thumb.UP));
        }
        return id == null && thumb == null;
    }

    private static CliProblem usage(String message, Object... values) {
        return new CliProblem(ExitCode.USAGE, message.formatted(values));
    }
}
