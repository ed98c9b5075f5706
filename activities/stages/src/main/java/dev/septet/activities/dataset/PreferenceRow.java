package dev.septet.activities.dataset;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
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
    public static PreferenceRow of(
            List<Message> prompt, List<JsonNode> tools, Message chosen, Message rejected, RowPlace place) {
        return new PreferenceRow(
                chat(prompt, tools, "chosen", chosen, place), chat(prompt, tools, "rejected", rejected, place), place);
    }

    /** A preference between completions, without a chat template. */
    public static PreferenceRow of(String prompt, String chosen, String rejected, RowPlace place) {
        return new PreferenceRow(
                new CompletionRow(prompt, answer("chosen", chosen), place),
                new CompletionRow(prompt, answer("rejected", rejected), place),
                place);
    }

    private static Row chat(List<Message> prompt, List<JsonNode> tools, String side, Message answer, RowPlace place) {
        List<Message> messages = new ArrayList<>(prompt);
        if (answer.toolCalls().isEmpty()) {
            answer(side, answer.text());
        }
        messages.add(answer);
        return new ChatRow(messages, tools, place);
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
        if (!(chosen instanceof ChatRow better) || !(rejected instanceof ChatRow other)) {
            String preferred = edit.apply("chosen", chosen.reference().orElseThrow());
            String second = edit.apply("rejected", rejected.reference().orElseThrow());
            String prompt = ((CompletionRow) chosen).prompt();
            return of(edit.apply("prompt", prompt), preferred, second, place);
        }
        Message preferred = edited(better.answer(), "chosen", edit);
        Message second = edited(other.answer(), "rejected", edit);
        List<Message> edited = new ArrayList<>();
        for (Message message : better.prompt()) {
            edited.add(message.edited("prompt[" + edited.size() + "]", edit));
        }
        return of(edited, ChatRow.edited(better.tools(), edit), preferred, second, place);
    }

    /** An answer that is only text has no more than its side as its field. */
    private static Message edited(Message answer, String side, TextEdit edit) {
        return answer.plain() ? answer.withContent(edit.apply(side, answer.text())) : answer.edited(side, edit);
    }

    @Override
    public void writeFields(JsonGenerator json) throws IOException {
        if (chosen instanceof ChatRow chat) {
            json.writeFieldName("prompt");
            ChatRow.write(json, chat.prompt());
        } else {
            json.writeStringField("prompt", ((CompletionRow) chosen).prompt());
        }
        write(json, "chosen", chosen);
        write(json, "rejected", rejected);
        if (chosen instanceof ChatRow chat) {
            ChatRow.writeTools(json, chat.tools());
        }
    }

    private static void write(JsonGenerator json, String side, Row row) throws IOException {
        if (row instanceof ChatRow chat && !chat.answer().plain()) {
            json.writeFieldName(side);
            ChatRow.write(json, List.of(chat.answer()));
        } else {
            json.writeStringField(side, row.reference().orElseThrow());
        }
    }
}
