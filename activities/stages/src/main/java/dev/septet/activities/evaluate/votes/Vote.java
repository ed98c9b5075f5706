package dev.septet.activities.evaluate.votes;

import dev.septet.activities.evaluate.votes.AnswerPair.Verdict;

/**
 * One vote of a person. It has no text: digests name the prompt and the answers.
 *
 * @param reviewer pseudonym of the person
 * @param prompt sha256 of the prompt
 * @param first sha256 of the answer that was in the first place
 * @param second sha256 of the answer that was in the second place
 * @param time when it was given, ISO 8601
 */
public record Vote(String reviewer, String prompt, String first, String second, Verdict verdict, String time) {
    /** The id of the pair. */
    public String pair() {
        return BlindPair.id(prompt, first, second);
    }
}
