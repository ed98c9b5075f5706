package dev.septet.llm.generate.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.generate.constraint.grammar.ByteDfa;
import dev.septet.llm.generate.constraint.grammar.GrammarProblem;
import dev.septet.llm.generate.constraint.grammar.TokenGrammar;
import dev.septet.llm.generate.constraint.grammar.TokenGrammar.Node;
import dev.septet.llm.template.tool.ToolCallFormat;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes constraints for the answers of one model. Thread-safe. */
public final class JsonConstraints {
    /** Longest schema in UTF-8 bytes. */
    public static final int MAX_SCHEMA_BYTES = 256 << 10;

    private final TokenTrie trie;
    private final ToolCallFormat calls;

    /**
     * @param tokenizer the model's tokenizer
     * @param calls how the model writes calls of tools; null where it gets none
     * @throws dev.septet.llm.format.FormatProblem when its tokens have no bytes
     */
    public JsonConstraints(Tokenizer tokenizer, @Nullable ToolCallFormat calls) {
        this.calls = calls == null ? ToolCallFormat.PLAIN : calls;
        this.trie = TokenTrie.of(tokenizer, this.calls.texts());
    }

    /** The constraints of a model that gets no tools. */
    public JsonConstraints(Tokenizer tokenizer) {
        this(tokenizer, null);
    }

    /**
     * Calls of functions.
     *
     * @param functions the functions that may be called, at least one
     * @param parallel whether an answer may have several calls
     * @param required whether the answer must be calls; otherwise any text is allowed until a call
     *     begins
     * @throws SchemaProblem when the parameters of a strict function are not supported
     */
    public TokenConstraint calls(List<CallableFunction> functions, boolean parallel, boolean required) {
        return guarded("", () -> unguarded(functions, parallel, required));
    }

    private TokenConstraint unguarded(List<CallableFunction> functions, boolean parallel, boolean required) {
        TokenGrammar grammar = new TokenGrammar();
        ToolCallGrammar all = new ToolCallGrammar(json(grammar, ""), trie, calls);
        List<Node> each = new ArrayList<>();
        for (CallableFunction function : functions) {
            each.add(all.call(function, arguments(grammar, function)));
        }
        Node root = all.calls(grammar.oneOf(each), parallel);
        GrammarConstraint constraint = constraint(grammar, root, "", required);
        return required ? constraint : new TriggeredConstraint(trie, calls, constraint);
    }

    /** Ids of the control tokens that calls have. Their texts are a part of an answer with calls. */
    public Set<Integer> callTokens() {
        return trie.marks();
    }

    /** Texts of those tokens. */
    public Set<String> callMarks() {
        return trie.markTexts();
    }

    private Node arguments(TokenGrammar grammar, CallableFunction function) {
        JsonNode schema = function.parameters();
        if (schema == null) {
            return json(grammar, "").object(List.of(), null);
        }
        try {
            requireObject(schema, function.pointer());
            return compile(json(grammar, function.pointer()), schema, function.pointer());
        } catch (SchemaProblem problem) {
            if (function.strict()) {
                throw problem;
            }
            JsonGrammar json = json(grammar, "");
            return json.object(List.of(), json.any());
        }
    }

    private static void requireObject(JsonNode schema, String pointer) {
        if (!schema.isObject() || !schema.path("type").asText().equals("object")) {
            throw new SchemaProblem(pointer, "must have the 'type' object, because arguments have names");
        }
    }

    /** Any JSON object. */
    public TokenConstraint object() {
        TokenGrammar grammar = new TokenGrammar();
        JsonGrammar json = json(grammar, "");
        return guarded("", () -> constraint(grammar, json.object(List.of(), json.any()), ""));
    }

    /**
     * The JSON values of a schema.
     *
     * @param pointer JSON pointer of the schema, for problems; empty for the schema alone
     * @throws SchemaProblem when the schema is not supported, too large, or damaged
     */
    public TokenConstraint schema(JsonNode schema, String pointer) {
        TokenGrammar grammar = new TokenGrammar();
        return guarded(pointer, () -> constraint(grammar, compile(json(grammar, pointer), schema, pointer), pointer));
    }

    private static TokenConstraint guarded(String pointer, Supplier<TokenConstraint> made) {
        try {
            return made.get();
        } catch (GrammarProblem problem) {
            throw new SchemaProblem(pointer, String.valueOf(problem.getMessage()));
        }
    }

    private static Node compile(JsonGrammar json, JsonNode schema, String pointer) {
        int bytes = schema.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_SCHEMA_BYTES) {
            throw new SchemaProblem(
                    pointer, String.format(Locale.ROOT, "has %d bytes, more than %d", bytes, MAX_SCHEMA_BYTES));
        }
        return new SchemaCompiler(json, schema, pointer).compile();
    }

    private JsonGrammar json(TokenGrammar grammar, String pointer) {
        try {
            return new JsonGrammar(grammar, trie.characters());
        } catch (GrammarProblem problem) {
            throw new SchemaProblem(pointer, String.valueOf(problem.getMessage()));
        }
    }

    private TokenConstraint constraint(TokenGrammar grammar, Node value, String pointer) {
        return constraint(grammar, value, pointer, true);
    }

    private GrammarConstraint constraint(TokenGrammar grammar, Node value, String pointer, boolean first) {
        try {
            Node root = value;
            if (first && trie.bytes().dropsFirstSpace()) {
                // Such a vocabulary has few tokens without a space at the beginning of a text.
                root = grammar.sequence(grammar.repeat(grammar.text(ByteDfa.text(" ")), 0, 1), value);
            }
            grammar.complete(root);
            return new GrammarConstraint(trie, root);
        } catch (GrammarProblem problem) {
            throw new SchemaProblem(pointer, String.valueOf(problem.getMessage()));
        }
    }
}
