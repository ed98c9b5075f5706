package dev.septet.workers.cli.ui.view;

import dev.septet.activities.review.ReviewBook;
import dev.septet.activities.review.ReviewCandidate;
import java.util.List;

/**
 * Rows that feedback proposes for training, and that wait for a decision.
 *
 * @param requested whether the model has had a request on this machine
 * @param candidates the first {@link #MOST} of them
 * @param pending the number of all
 * @param rows the number of accepted rows
 */
public record FeedbackView(String pipeline, boolean requested, List<Candidate> candidates, int pending, long rows) {
    /** The most candidates on a page. */
    public static final int MOST = 20;

    public FeedbackView {
        candidates = List.copyOf(candidates);
    }

    /**
     * A candidate. Personal data is masked.
     *
     * @param kind what proposes it, in words
     * @param times how often it was proposed
     * @param asked the question
     * @param answered the model's answer
     * @param answer the answer that the model would learn
     */
    public record Candidate(String id, String kind, int times, String asked, String answered, String answer) {
        static Candidate of(ReviewCandidate candidate) {
            return new Candidate(
                    candidate.id(),
                    UiWords.lower(candidate.kind()),
                    candidate.evidence().size(),
                    candidate.row().promptText(),
                    candidate.given(),
                    candidate.answer());
        }

        /** The id that people type. */
        public String shortId() {
            return ReviewBook.shortened(id);
        }
    }
}
