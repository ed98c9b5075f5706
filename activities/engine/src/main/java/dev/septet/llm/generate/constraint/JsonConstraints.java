package dev.septet.llm.generate.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.generate.constraint.grammar.ByteDfa;
import dev.septet.llm.generate.constraint.grammar.Grammar;
import dev.septet.llm.generate.constraint.grammar.Grammar.Node;
import dev.septet.llm.generate.constraint.grammar.GrammarProblem;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Makes constraints for the answers of one model. Thread-safe. */
public final class JsonConstraints {
    /** Longest schema in UTF-8 bytes. */
    public static final int MAX_SCHEMA_BYTES = 256 << 10;

    private final TokenTrie trie;

    /**
     * @param tokenizer the model's tokenizer
     * @throws dev.septet.llm.format.FormatProblem when its tokens have no bytes
     */
    public JsonConstraints(Tokenizer tokenizer) {
        this.trie = TokenTrie.of(tokenizer);
    }

    /** Any JSON object. */
    public TokenConstraint object() {
        Grammar grammar = new Grammar();
        JsonGrammar json = json(grammar, "");
        return constraint(grammar, json.object(List.of(), json.any()), "");
    }

    /**
     * The JSON values of a schema.
     *
     * @param pointer JSON pointer of the schema, for problems; empty for the schema alone
     * @throws SchemaProblem when the schema is not supported, too large, or damaged
     */
    public TokenConstraint schema(JsonNode schema, String pointer) {
        Grammar grammar = new Grammar();
        return constraint(grammar, compile(json(grammar, pointer), schema, pointer), pointer);
    }

    private static Node compile(JsonGrammar json, JsonNode schema, String pointer) {
        int bytes = schema.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_SCHEMA_BYTES) {
            throw new SchemaProblem(pointer, "has %d bytes, more than %d".formatted(bytes, MAX_SCHEMA_BYTES));
        }
        return new SchemaCompiler(json, schema, pointer).compile();
    }

    private JsonGrammar json(Grammar grammar, String pointer) {
        try {
            return new JsonGrammar(grammar, trie.characters());
        } catch (GrammarProblem problem) {
            throw new SchemaProblem(pointer, String.valueOf(problem.getMessage()));
        }
    }

    private TokenConstraint constraint(Grammar grammar, Node value, String pointer) {
        try {
            Node root = value;
            if (trie.bytes().dropsFirstSpace()) {
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
