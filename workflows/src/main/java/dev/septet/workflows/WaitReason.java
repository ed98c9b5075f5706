package dev.septet.workflows;

import java.util.List;

/**
 * What a run waits for.
 *
 * @param stage the stage that waits
 * @param reason what it waits for, in a sentence
 * @param answers commands that let it continue, ready to be pasted
 */
public record WaitReason(Stage stage, String reason, List<String> answers) {
    public WaitReason {
        answers = List.copyOf(answers);
    }

    /** Whether both wait for the same answer, independent of how many people have given it so far. */
    boolean sameQuestion(WaitReason other) {
        return stage == other.stage && answers.equals(other.answers);
    }

    /** For the Web UI. */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("\n**")
                .append(stage.word())
                .append(" waits**: ")
                .append(reason)
                .append("\n");
        if (!answers.isEmpty()) {
            text.append("\n```\n").append(String.join("\n", answers)).append("\n```\n");
        }
        return text.toString();
    }
}
