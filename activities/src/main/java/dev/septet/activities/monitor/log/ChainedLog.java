package dev.septet.activities.monitor.log;

import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.AuditPage;
import dev.septet.activities.audit.AuditReader;
import dev.septet.activities.audit.AuditRecord;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.audit.Thumb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The audit log that Septet's own server writes, as windows. Every prompt counts; of answers those
 * of the champion: a challenger on trial is judged elsewhere.
 */
public final class ChainedLog {
    private final AuditReader reader;
    private final String pipeline;

    public ChainedLog(AuditReader reader, String pipeline) {
        this.reader = reader;
        this.pipeline = pipeline;
    }

    /** Lines from the cursor on. */
    public AuditWindow read(long cursor) throws IOException {
        AuditPage page = reader.read(cursor, AuditLog.MOST_PROMPTS);
        List<Observed> rows = new ArrayList<>();
        long negative = 0;
        long opinions = 0;
        for (AuditRecord record : page.records()) {
            if (record.event() instanceof AnswerEvent answer
                    && answer.servedBy().pipeline().equals(pipeline)) {
                rows.add(observed(answer));
            } else if (record.event() instanceof FeedbackEvent feedback
                    && feedback.pipeline().equals(pipeline)) {
                opinions++;
                negative += feedback.thumb() == Thumb.UP ? 0 : 1;
            }
        }
        return new AuditWindow(
                rows, negative, opinions, page.rejected(), page.from(), page.next(), false);
    }

    private static Observed observed(AnswerEvent event) {
        boolean answered = event.reply().error() == null && event.servedBy().arm() == Arm.CHAMPION;
        return new Observed(
                event.question().lastOfUser(),
                event.question().length(),
                answered ? event.reply().length() : null,
                answered ? event.reply().refused() : null);
    }
}
