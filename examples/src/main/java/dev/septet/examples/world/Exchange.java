package dev.septet.examples.world;

import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.RowPlace;
import java.util.ArrayList;
import java.util.List;

/**
 * A question and its answer.
 *
 * @param system system message; empty for none
 */
public record Exchange(String system, String question, String answer) {
    /** The exchange as a chat. */
    public ChatRow row(RowPlace place) {
        return new ChatRow(messages(), place);
    }

    /** This exchange followed by another one, without the second system message. */
    public ChatRow then(Exchange next, RowPlace place) {
        List<Message> messages = messages();
        messages.add(new Message(ChatRole.USER, next.question()));
        messages.add(new Message(ChatRole.ASSISTANT, next.answer()));
        return new ChatRow(messages, place);
    }

    private List<Message> messages() {
        List<Message> messages = new ArrayList<>();
        if (!system.isEmpty()) {
            messages.add(new Message(ChatRole.SYSTEM, system));
        }
        messages.add(new Message(ChatRole.USER, question));
        messages.add(new Message(ChatRole.ASSISTANT, answer));
        return messages;
    }
}
