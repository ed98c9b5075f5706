package dev.septet.activities.evaluate.subject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.MessageToolCall;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.record.JsonTexts;
import dev.septet.llm.generate.Generated;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.llm.template.tool.ToolCallFormat;
import dev.septet.llm.template.tool.ToolCallParser;
import dev.septet.llm.tokenizer.AddedToken;
import dev.septet.llm.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the calls of tools in a model's answers, as the model server does. A call then has the text of a reference,
 * however the model's template writes it.
 */
public final class CallAnswers {
    private final Tokenizer tokenizer;
    private final Set<Integer> stopIds;
    private final ToolCallFormat format;

    /** The control tokens of calls. The same texts in other tokens begin no call. */
    private final Set<Integer> markIds = new TreeSet<>();

    private final Set<String> marks = new TreeSet<>();

    /**
     * @param stopIds tokens that end an answer
     */
    CallAnswers(ChatTemplate template, Tokenizer tokenizer, Set<Integer> stopIds) {
        this.tokenizer = tokenizer;
        this.stopIds = stopIds;
        this.format = format(template, tokenizer, stopIds);
        for (AddedToken token : tokenizer.addedTokens()) {
            boolean control = tokenizer.reserved(token.id()) || tokenizer.isUnwritten(token.id());
            if (control && format.texts().stream().anyMatch(text -> text.contains(token.text()))) {
                markIds.add(token.id());
                marks.add(token.text());
            }
        }
    }

    private static ToolCallFormat format(ChatTemplate template, Tokenizer tokenizer, Set<Integer> stopIds) {
        List<String> ends = stopIds.stream()
                .map(id -> tokenizer.decode(new int[] {id}, false))
                .toList();
        try {
            return ToolCallFormat.of(template, ends);
        } catch (TemplateProblem refused) {
            return ToolCallFormat.PLAIN;
        }
    }

    /**
     * The functions that a row's answer may call: those of its tools, or of its calls where it has no tools. Empty where
     * the answer is text.
     */
    public static Set<String> callable(Row row) {
        Set<String> names = new TreeSet<>();
        if (row.answered() instanceof ChatRow chat) {
            for (JsonNode tool : chat.tools()) {
                JsonNode function = tool.path("function").isObject() ? tool.path("function") : tool;
                names.add(function.path("name").asText(""));
            }
            if (names.isEmpty()) {
                for (Message message : chat.messages()) {
                    message.toolCalls().forEach(call -> names.add(call.name()));
                }
            }
            names.remove("");
        }
        return names;
    }

    /**
     * The answer as references have it: its text, and the calls as canonical JSON.
     *
     * @param callable functions that are calls; every other text is content
     */
    String read(Generated answer, Set<String> callable) {
        Calls calls = new Calls();
        ToolCallParser parser = new ToolCallParser(format, callable, marks, calls);
        int[] ids = answer.ids();
        int length = ids.length > 0 && stopIds.contains(ids[ids.length - 1]) ? ids.length - 1 : ids.length;
        long at = 0;
        int from = 0;
        for (int i = 0; i <= length; i++) {
            if (i == length || markIds.contains(ids[i])) {
                at += add(parser, Arrays.copyOfRange(ids, from, i), true);
                if (i < length) {
                    parser.mark(at);
                    at += add(parser, new int[] {ids[i]}, false);
                }
                from = i + 1;
            }
        }
        parser.finish();
        return calls.all.isEmpty() ? answer.text() : calls.message().answer();
    }

    private int add(ToolCallParser parser, int[] ids, boolean skipSpecial) {
        String text = ids.length == 0 ? "" : tokenizer.decode(ids, skipSpecial);
        parser.add(text);
        return text.length();
    }

    private static final class Calls implements ToolCallParser.Listener {
        private final StringBuilder content = new StringBuilder();
        private final List<String> names = new ArrayList<>();
        private final List<StringBuilder> all = new ArrayList<>();

        @Override
        public void content(String piece) {
            content.append(piece);
        }

        @Override
        public void call(String name) {
            names.add(name);
            all.add(new StringBuilder());
        }

        @Override
        public void arguments(String piece) {
            all.get(all.size() - 1).append(piece);
        }

        Message message() {
            List<MessageToolCall> calls = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                String written = all.get(i).toString();
                JsonNode arguments = JsonTexts.parsed(written).orElseGet(() -> TextNode.valueOf(written));
                calls.add(new MessageToolCall(null, names.get(i), arguments));
            }
            return new Message(ChatRole.ASSISTANT, content.toString().strip(), null, calls, null, null, true);
        }
    }
}
