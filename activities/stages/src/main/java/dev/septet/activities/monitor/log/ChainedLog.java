package dev.septet.activities.monitor.log;

import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.AuditPage;
import dev.septet.activities.audit.AuditReader;
import dev.septet.activities.audit.AuditRecord;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.audit.KeyShare;
import dev.septet.activities.audit.Thumb;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Windows of the audit log that Septet's own server writes. Every prompt counts. Of the answers
 * only the champion's count, because the canary check judges a challenger. Of an answer's feedback
 * the last one counts, and no API key counts for more than all others ({@link KeyShare}).
 */
public final class ChainedLog {
    private final AuditReader reader;
    private final String pipeline;
    private final int minimum;

    /**
     * @param minimum minimum number of rows of a check
     */
    public ChainedLog(AuditReader reader, String pipeline, int minimum) {
        this.reader = reader;
        this.pipeline = pipeline;
        this.minimum = minimum;
    }

    /** Lines from the cursor on. */
    public AuditWindow read(long cursor) throws IOException {
        AuditPage page = reader.read(cursor, AuditLog.MAX_PROMPTS);
        List<AnswerEvent> answers = new ArrayList<>();
        Map<String, FeedbackEvent> votes = new LinkedHashMap<>();
        for (AuditRecord record : page.records()) {
            if (record.event() instanceof AnswerEvent answer
                    && answer.servedBy().pipeline().equals(pipeline)) {
                answers.add(answer);
            } else if (record.event() instanceof FeedbackEvent feedback
                    && feedback.pipeline().equals(pipeline)) {
                votes.put(feedback.of(), feedback);
            }
        }
        List<ObservedRequest> rows = KeyShare.bounded(answers, AnswerEvent::key, minimum).stream()
                .map(ChainedLog::observed)
                .toList();
        List<FeedbackEvent> ratings = KeyShare.bounded(List.copyOf(votes.values()), FeedbackEvent::key, minimum);
        long negative =
                ratings.stream().filter(vote -> vote.thumb() != Thumb.UP).count();
        return new AuditWindow(rows, negative, ratings.size(), page.rejected(), page.from(), page.next(), false);
    }

    private static ObservedRequest observed(AnswerEvent event) {
        boolean answered = event.reply().error() == null && event.servedBy().arm() == Arm.CHAMPION;
        return new ObservedRequest(
                event.question().lastOfUser(),
                event.question().length(),
                answered ? event.reply().length() : null,
                answered ? event.reply().refused() : null);
    }
}
