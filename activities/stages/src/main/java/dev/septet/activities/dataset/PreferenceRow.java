package dev.septet.activities.dataset;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A question with two answers, one of which people preferred.
 *
 * @param chosen the question with the preferred answer: a chat, or a prompt and its completion
 * @param rejected the same question with the other answer
 */
public record PreferenceRow(Row chosen, Row rejected, RowPlace place) implements Row {
    /** A preference between chat answers. */
    public static PreferenceRow of(List<Message> prompt, String chosen, String rejected, RowPlace place) {
        return new PreferenceRow(
                chat(prompt, "chosen", chosen, place), chat(prompt, "rejected", rejected, place), place);
    }

    /** A preference between completions, without a chat template. */
    public static PreferenceRow of(String prompt, String chosen, String rejected, RowPlace place) {
        return new PreferenceRow(
                new CompletionRow(prompt, answer("chosen", chosen), place),
                new CompletionRow(prompt, answer("rejected", rejected), place),
                place);
    }

    private static Row chat(List<Message> prompt, String side, String answer, RowPlace place) {
        List<Message> messages = new ArrayList<>(prompt);
        messages.add(new Message(ChatRole.ASSISTANT, answer(side, answer)));
        return new ChatRow(messages, place);
    }

    private static String answer(String side, String text) {
        if (text.isBlank()) {
            throw new RowProblem(PublicText.of("\"%s\" is empty", PublicText.field(side)));
        }
        return text;
    }

    @Override
    public String promptText() {
        return chosen.promptText();
    }

    @Override
    public Optional<String> reference() {
        return chosen.reference();
    }

    /** The question with the preferred answer. */
    @Override
    public Row answered() {
        return chosen;
    }

    @Override
    public PreferenceRow edited(TextEdit edit) {
        String better = edit.apply("chosen", chosen.reference().orElseThrow());
        String other = edit.apply("rejected", rejected.reference().orElseThrow());
        if (!(chosen instanceof ChatRow chat)) {
            String prompt = ((CompletionRow) chosen).prompt();
            return of(edit.apply("prompt", prompt), better, other, place);
        }
        List<Message> edited = new ArrayList<>();
        for (Message message : chat.prompt()) {
            String field = "prompt[" + edited.size() + "].content";
            edited.add(new Message(message.role(), edit.apply(field, message.content())));
        }
        return of(edited, better, other, place);
    }

    @Override
    public void writeFields(JsonGenerator json) throws IOException {
        if (chosen instanceof ChatRow chat) {
            json.writeFieldName("prompt");
            ChatRow.write(json, chat.prompt());
        } else {
            json.writeStringField("prompt", ((CompletionRow) chosen).prompt());
        }
        json.writeStringField("chosen", chosen.reference().orElseThrow());
        json.writeStringField("rejected", rejected.reference().orElseThrow());
    }
}
