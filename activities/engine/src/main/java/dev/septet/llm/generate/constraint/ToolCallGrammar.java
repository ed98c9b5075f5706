package dev.septet.llm.generate.constraint;

import dev.septet.llm.generate.constraint.grammar.ByteNfa;
import dev.septet.llm.generate.constraint.grammar.PatternParser;
import dev.septet.llm.generate.constraint.grammar.TokenGrammar;
import dev.septet.llm.generate.constraint.grammar.TokenGrammar.Node;
import dev.septet.llm.template.tool.ToolCallFormat;
import java.util.ArrayList;
import java.util.List;

/** The grammar of calls, as a model writes them. */
record ToolCallGrammar(JsonGrammar json, TokenTrie trie, ToolCallFormat format) {
    private static final int MAX_CALLS = 16;

    /** One call. */
    Node call(CallableFunction function, Node arguments) {
        String nameKey = format.nameKey();
        if (nameKey == null) {
            return json.grammar().sequence(text(function.name() + format.middle()), arguments);
        }
        Node name = json.texts(List.of(JsonGrammar.quoted(function.name())), 1_000);
        List<JsonGrammar.Property> properties = new ArrayList<>();
        properties.add(new JsonGrammar.Property(nameKey, name, true));
        properties.add(new JsonGrammar.Property(format.argumentsKey(), arguments, true));
        if (format.ids()) {
            Node id = json.grammar().text(PatternParser.strings("^[a-zA-Z0-9]{9}$", 0, -1, json.alphabet(), 100));
            properties.add(new JsonGrammar.Property("id", id, true));
        }
        return json.object(properties, null);
    }

    /** One call, or several. */
    Node calls(Node call, boolean parallel) {
        TokenGrammar grammar = json.grammar();
        List<Node> parts = new ArrayList<>();
        if (!format.opening().isEmpty()) {
            parts.add(text(format.opening()));
        }
        parts.add(call);
        String between = format.between();
        if (parallel && between != null && !between.isEmpty()) {
            parts.add(grammar.repeat(grammar.sequence(text(between), call), 0, MAX_CALLS - 1));
        }
        if (!format.closing().isEmpty()) {
            parts.add(text(format.closing()));
        }
        return grammar.sequence(parts.toArray(new Node[0]));
    }

    private Node text(String text) {
        byte[] bytes = trie.marked(text);
        ByteNfa nfa = new ByteNfa();
        nfa.accept(nfa.bytes(0, bytes));
        return json.grammar().text(nfa.deterministic(bytes.length + 2));
    }
}
