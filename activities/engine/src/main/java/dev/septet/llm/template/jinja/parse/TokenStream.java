package dev.septet.llm.template.jinja.parse;

import dev.septet.llm.template.jinja.parse.Token.Kind;
import java.util.List;

/** A stream of tokens. */
final class TokenStream {
    private static final int MAX_DEPTH = 100;

    private final List<Token> tokens;
    private int at;
    private int depth;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peek(int ahead) {
        return tokens.get(Math.min(at + ahead, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(at);
        if (at < tokens.size() - 1) {
            at++;
        }
        return token;
    }

    int line() {
        return peek().line();
    }

    boolean acceptOperator(String operator) {
        boolean found = peek().isOperator(operator);
        if (found) {
            next();
        }
        return found;
    }

    boolean acceptName(String name) {
        boolean found = peek().isName(name);
        if (found) {
            next();
        }
        return found;
    }

    void expectOperator(String operator) {
        if (!acceptOperator(operator)) {
            throw expected("\"" + operator + "\"");
        }
    }

    void expectName(String name) {
        if (!acceptName(name)) {
            throw expected("\"" + name + "\"");
        }
    }

    Token expect(Kind kind, String words) {
        if (!peek().is(kind)) {
            throw expected(words);
        }
        return next();
    }

    LineProblem expected(String words) {
        return new LineProblem(line(), "found " + peek().words() + ", expected " + words);
    }

    /** Limits the nesting depth of the recursive parsers. */
    void enter() {
        if (++depth > MAX_DEPTH) {
            throw new LineProblem(line(), "nested more than " + MAX_DEPTH + " levels deep");
        }
    }

    void leave() {
        depth--;
    }
}
