package dev.septet.activities.review;

import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.Role;
import dev.septet.activities.dataset.RowJson;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A row that feedback proposes to learn from. Personal data is masked.
 *
 * @param given what the model had answered
 * @param evidence every feedback that proposes this same row, oldest first
 */
public record ReviewCandidate(ChatRow row, Kind kind, String given, List<Evidence> evidence) {
    /** What speaks for the row's answer. */
    public enum Kind {
        /** A person wrote what the answer should have been. */
        CORRECTION,
        /** A person liked the model's answer. */
        THUMB_UP,
        /** A reviewer wrote the answer. */
        EDITED
    }

    public ReviewCandidate {
        evidence = List.copyOf(evidence);
    }

    /**
     * The row's content-addressed name: sha256 of its texts, however their spaces and Unicode forms
     * are written, so that the same row has the same name whoever proposes it.
     */
    public String id() {
        return HexFormat.of().formatHex(RowJson.digest(row));
    }

    /** The name of the question alone: two rows that share it and not their id contradict. */
    public String question() {
        return HexFormat.of().formatHex(RowJson.digest(answered("?")));
    }

    /** The answer to learn. */
    public String answer() {
        return row.reference().orElseThrow();
    }

    /** The same question with the answer that a reviewer wrote. */
    public ReviewCandidate edited(String answer) {
        return new ReviewCandidate(answered(answer), Kind.EDITED, given, evidence);
    }

    /** The same row with more that speaks for it. */
    ReviewCandidate and(List<Evidence> more) {
        List<Evidence> all = new ArrayList<>(evidence);
        all.addAll(more);
        return new ReviewCandidate(row, kind, given, all);
    }

    private ChatRow answered(String answer) {
        List<Message> messages = new ArrayList<>(row.prompt());
        messages.add(new Message(Role.ASSISTANT, answer));
        return new ChatRow(messages, row.place());
    }
}
