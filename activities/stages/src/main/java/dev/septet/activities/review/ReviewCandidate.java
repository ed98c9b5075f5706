package dev.septet.activities.review;

import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.RowJson;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A row that feedback proposes for training. Personal data is masked.
 *
 * @param given the model's answer
 * @param evidence every feedback that proposes this row, oldest first
 */
public record ReviewCandidate(ChatRow row, Kind kind, String given, List<Evidence> evidence) {
    /** The kind of evidence for the row's answer. */
    public enum Kind {
        /** A person wrote the right answer. */
        CORRECTION,
        /** A person approved the model's answer. */
        THUMB_UP,
        /** A reviewer wrote the answer. */
        EDITED
    }

    public ReviewCandidate {
        evidence = List.copyOf(evidence);
    }

    /**
     * The row's content-addressed id: sha256 of its texts, normalized for white space and Unicode
     * form. So the same row has the same id whoever proposes it.
     */
    public String id() {
        return HexFormat.of().formatHex(RowJson.digest(row));
    }

    /**
     * The id of the question alone. Two rows with the same question and different ids contradict
     * each other.
     */
    public String question() {
        return HexFormat.of().formatHex(RowJson.digest(withAnswer("?")));
    }

    /** The answer to train on. */
    public String answer() {
        return row.reference().orElseThrow();
    }

    /** The same question with a reviewer's answer. */
    public ReviewCandidate edited(String answer) {
        return new ReviewCandidate(withAnswer(answer), Kind.EDITED, given, evidence);
    }

    /** The same row with more evidence. */
    ReviewCandidate withEvidence(List<Evidence> more) {
        List<Evidence> all = new ArrayList<>(evidence);
        all.addAll(more);
        return new ReviewCandidate(row, kind, given, all);
    }

    private ChatRow withAnswer(String answer) {
        List<Message> messages = new ArrayList<>(row.prompt());
        messages.add(new Message(ChatRole.ASSISTANT, answer));
        return new ChatRow(messages, row.place());
    }
}
