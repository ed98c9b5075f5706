package dev.septet.workers.cli.audit;

import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.AuditRecord;
import dev.septet.activities.audit.AuditedVerdict;
import dev.septet.activities.audit.ErasedEvent;
import dev.septet.activities.audit.ErasureEvent;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.audit.RepairEvent;
import dev.septet.activities.audit.RetentionEvent;
import dev.septet.activities.evaluate.report.DisplayText;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A line of an audit log for a terminal.
 *
 * @param full whether texts are printed whole
 */
record AuditLineText(boolean full) {
    private static final int SHORT = 80;

    /** The line without its line end. */
    String of(AuditRecord line) {
        String time = line.event().time().truncatedTo(ChronoUnit.SECONDS).toString();
        return String.format(Locale.ROOT, "%d  %s  %s", line.sequence(), time, what(line))
                .stripTrailing();
    }

    private String what(AuditRecord line) {
        if (line.event() instanceof AnswerEvent answer) {
            return "%s  %s %s %s  %s -> %s%s"
                    .formatted(
                            text(answer.id()),
                            text(answer.servedBy().model()),
                            text(answer.servedBy().version()),
                            answer.servedBy().arm().name().toLowerCase(Locale.ROOT),
                            quoted(
                                    answer.question().lastOfUser(),
                                    answer.question().length()),
                            answer.reply().error() != null
                                    ? "failed: " + text(answer.reply().error())
                                    : quoted(
                                            answer.reply().answer(),
                                            answer.reply().length()),
                            verdicts(answer));
        }
        if (line.event() instanceof FeedbackEvent feedback) {
            String thumb = feedback.thumb() == null
                    ? ""
                    : " thumb " + feedback.thumb().name().toLowerCase(Locale.ROOT);
            String correction = feedback.correction() == null
                    ? ""
                    : " correction "
                            + quoted(
                                    feedback.correction(), feedback.correction().length());
            return "feedback on %s%s%s".formatted(text(feedback.of()), thumb, correction);
        }
        if (line.event() instanceof RepairEvent repair) {
            return String.format(Locale.ROOT, "repair: %d bytes that a crash left were moved away", repair.bytes());
        }
        if (line.event() instanceof RetentionEvent retention) {
            return String.format(
                    Locale.ROOT, "retention: lines up to %d were deleted for their age", retention.lastSequence());
        }
        if (line.event() instanceof ErasureEvent erasure) {
            return String.format(
                    Locale.ROOT,
                    "erasure: the content of %d lines was erased%s",
                    erasure.lines().size(),
                    erasure.reason().isEmpty() ? "" : ": " + text(erasure.reason()));
        }
        return line.event() instanceof ErasedEvent erased ? "erased %s".formatted(text(erased.was())) : line.kind();
    }

    /** Each verdict of the guard: where, what it says, and what happened. */
    private String verdicts(AnswerEvent answer) {
        StringBuilder all = new StringBuilder();
        for (AuditedVerdict verdict : answer.guard()) {
            Double probability = verdict.probability();
            all.append("  guard %s %s%s%s%s"
                    .formatted(
                            text(verdict.on()),
                            verdict.unsafe() ? "unsafe" : "safe",
                            probability == null ? "" : String.format(Locale.ROOT, " %.2f", probability),
                            verdict.categories().isEmpty() ? "" : " " + text(String.join(",", verdict.categories())),
                            verdict.action().equals(AuditedVerdict.NONE) ? "" : " " + text(verdict.action())));
        }
        return all.toString();
    }

    private String quoted(@Nullable String text, int length) {
        return text == null ? String.format(Locale.ROOT, "(%d characters)", length) : "\"" + text(text) + "\"";
    }

    /** The text on one line, with control characters made visible. */
    private String text(@Nullable String text) {
        return DisplayText.of(text == null ? "" : text, full ? Integer.MAX_VALUE : SHORT)
                .replace('\n', '\u240a')
                .replace('\t', '\u2409');
    }
}
