package dev.septet.llm.template.jinja.parse;

import dev.septet.llm.template.jinja.parse.Token.Kind;
import dev.septet.llm.template.jinja.tree.AssignmentTarget;
import dev.septet.llm.template.jinja.tree.Calls.Call;
import dev.septet.llm.template.jinja.tree.ForStatement;
import dev.septet.llm.template.jinja.tree.Macros;
import dev.septet.llm.template.jinja.tree.Macros.Parameter;
import dev.septet.llm.template.jinja.tree.Macros.Signature;
import dev.septet.llm.template.jinja.tree.Statement;
import dev.septet.llm.template.jinja.tree.Statement.Flow;
import dev.septet.llm.template.jinja.tree.Statements;
import dev.septet.llm.template.jinja.tree.Statements.At;
import dev.septet.llm.template.jinja.tree.Statements.Block;
import dev.septet.llm.template.jinja.tree.Statements.Branch;
import dev.septet.llm.template.jinja.tree.Statements.Captured;
import dev.septet.llm.template.jinja.tree.Statements.SetValue;
import dev.septet.llm.template.jinja.tree.TemplateExpression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses text, outputs and tags. */
public final class StatementParser {
    private static final Set<String> OTHER_FILES = Set.of("include", "import", "from", "extends", "block");
    private static final Captured CAPTURED = new Captured(" captured");

    private final TokenStream tokens;
    private final Set<String> names = new HashSet<>();
    private final ExpressionParser expressions;
    private int loops;

    private StatementParser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens, names);
    }

    /**
     * @param trims whether white space around tags and the last line break are removed
     * @throws LineProblem at the first mistake
     */
    public static Block parse(String source, boolean trims) {
        StatementParser parser = new StatementParser(new TokenStream(Lexer.tokens(source, trims)));
        return parser.body(0, "the template", Set.of());
    }

    /** Parses statements up to a tag with one of these names; the tag's name is the next token then. */
    private Block body(int opened, String what, Set<String> ends) {
        tokens.enter();
        List<At> statements = new ArrayList<>();
        while (true) {
            Token token = tokens.next();
            switch (token.kind()) {
                case TEXT -> statements.add(at(token, new Statements.Text(token.text())));
                case OPEN_OUTPUT -> {
                    statements.add(at(token, new Statements.Print(expressions.tuple(true))));
                    tokens.expect(Kind.CLOSE_OUTPUT, "\"}}\"");
                }
                case OPEN_TAG -> {
                    if (tokens.peek().is(Kind.NAME)
                            && ends.contains(tokens.peek().text())) {
                        tokens.leave();
                        return new Block(List.copyOf(statements));
                    }
                    statements.add(at(token, tag()));
                }
                default -> {
                    if (!ends.isEmpty()) {
                        throw new LineProblem(opened, "{% " + what + " %} is never closed");
                    }
                    tokens.leave();
                    return new Block(List.copyOf(statements));
                }
            }
        }
    }

    private static At at(Token token, Statement statement) {
        return new At(token.line(), statement);
    }

    private Statement tag() {
        Token tag = tokens.expect(Kind.NAME, "the name of a tag");
        Statement statement = switch (tag.text()) {
            case "for" -> loop(tag);
            case "if" -> branches(tag);
            case "set" -> set(tag);
            case "macro" -> macro(tag);
            case "call" -> call(tag);
            case "filter" -> filter(tag);
            case "with" -> with(tag);
            case "generation" -> new Statements.Generation(simpleBody(tag));
            case "break" -> jump(tag, Flow.BREAK);
            case "continue" -> jump(tag, Flow.CONTINUE);
            default -> throw unknown(tag);
        };
        closeTag();
        return statement;
    }

    private static LineProblem unknown(Token tag) {
        if (OTHER_FILES.contains(tag.text())) {
            return new LineProblem(
                    tag.line(), "{% " + tag.text() + " %} reads another file, which a chat template cannot do");
        }
        return new LineProblem(tag.line(), "there is no tag named \"" + tag.text() + "\" here");
    }

    private Statement jump(Token tag, Flow flow) {
        if (loops == 0) {
            throw new LineProblem(tag.line(), "{% " + tag.text() + " %} is outside of a loop");
        }
        return new Statements.Jump(flow);
    }

    private void closeTag() {
        tokens.expect(Kind.CLOSE_TAG, "\"%}\"");
    }

    /** Reads the end of the opening tag, the body, and the name of its end tag. */
    private Block simpleBody(Token tag) {
        closeTag();
        String end = "end" + tag.text();
        Block body = body(tag.line(), tag.text(), Set.of(end));
        tokens.expectName(end);
        return body;
    }

    private Statement loop(Token tag) {
        AssignmentTarget target = targets();
        tokens.expectName("in");
        TemplateExpression over = expressions.tuple(false);
        @Nullable TemplateExpression filter = tokens.acceptName("if") ? expressions.expression() : null;
        boolean recursive = tokens.acceptName("recursive");
        closeTag();
        loops++;
        Block body = body(tag.line(), "for", Set.of("else", "endfor"));
        loops--;
        Block otherwise = new Block(List.of());
        if (tokens.acceptName("else")) {
            closeTag();
            otherwise = body(tag.line(), "for", Set.of("endfor"));
        }
        tokens.expectName("endfor");
        return new ForStatement(target, over, filter, body, otherwise, recursive);
    }

    private Statement branches(Token tag) {
        List<Branch> branches = new ArrayList<>();
        do {
            TemplateExpression test = expressions.tuple(true);
            closeTag();
            Block body = body(tag.line(), "if", Set.of("elif", "else", "endif"));
            branches.add(new Branch(test, body));
        } while (tokens.acceptName("elif"));
        Block otherwise = new Block(List.of());
        if (tokens.acceptName("else")) {
            closeTag();
            otherwise = body(tag.line(), "if", Set.of("endif"));
        }
        tokens.expectName("endif");
        return new Statements.If(branches, otherwise);
    }

    private Statement set(Token tag) {
        AssignmentTarget target = targets();
        if (tokens.acceptOperator("=")) {
            return new SetValue(target, expressions.tuple(true));
        }
        TemplateExpression filtered = expressions.primary().filters(CAPTURED);
        Block body = simpleBody(tag);
        return new Statements.SetBlock(target, body, CAPTURED, filtered);
    }

    private Statement filter(Token tag) {
        TemplateExpression first = expressions.primary().filter(CAPTURED);
        TemplateExpression filtered = expressions.primary().filters(first);
        return new Statements.FilterBlock(simpleBody(tag), CAPTURED, filtered);
    }

    private Statement with(Token tag) {
        List<SetValue> values = new ArrayList<>();
        while (!tokens.peek().is(Kind.CLOSE_TAG)) {
            AssignmentTarget target = target();
            tokens.expectOperator("=");
            values.add(new SetValue(target, expressions.expression()));
            if (!tokens.acceptOperator(",")) {
                break;
            }
        }
        return new Statements.With(values, simpleBody(tag));
    }

    private Statement macro(Token tag) {
        String name = tokens.expect(Kind.NAME, "the name of the macro").text();
        tokens.expectOperator("(");
        List<Parameter> parameters = parameters();
        names.remove("varargs");
        names.remove("kwargs");
        int outerLoops = loops;
        loops = 0;
        Block body = simpleBody(tag);
        loops = outerLoops;
        boolean varargs = names.contains("varargs");
        boolean kwargs = names.contains("kwargs");
        return new Macros.Define(new Signature(name, parameters, varargs, kwargs), body);
    }

    private Statement call(Token tag) {
        List<Parameter> parameters = tokens.acceptOperator("(") ? parameters() : new ArrayList<>();
        if (!(expressions.unary(false) instanceof Call call)) {
            throw new LineProblem(tag.line(), "{% call %} expects the call of a macro");
        }
        Block body = simpleBody(tag);
        return new Macros.CallBlock(new Signature("caller", parameters, false, false), body, call);
    }

    /** Parses parameters after the opening bracket. */
    private List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        while (!tokens.acceptOperator(")")) {
            String name = tokens.expect(Kind.NAME, "the name of a parameter").text();
            @Nullable TemplateExpression otherwise = tokens.acceptOperator("=") ? expressions.expression() : null;
            parameters.add(new Parameter(name, otherwise));
            if (!tokens.acceptOperator(",") && !tokens.peek().isOperator(")")) {
                throw tokens.expected("\",\" or \")\"");
            }
        }
        return parameters;
    }

    private AssignmentTarget targets() {
        List<AssignmentTarget> targets = new ArrayList<>();
        boolean comma = false;
        do {
            if (tokens.peek().isName("in") || tokens.peek().isOperator("=")) {
                break;
            }
            targets.add(target());
            comma |= tokens.peek().isOperator(",");
        } while (tokens.acceptOperator(","));
        if (targets.isEmpty()) {
            throw tokens.expected("a name");
        }
        return comma ? new AssignmentTarget.Several(targets) : targets.get(0);
    }

    private AssignmentTarget target() {
        if (tokens.acceptOperator("(")) {
            AssignmentTarget inner = targets();
            tokens.expectOperator(")");
            return inner;
        }
        Token name = tokens.expect(Kind.NAME, "a name");
        if (Set.of("true", "false", "none", "True", "False", "None").contains(name.text())) {
            throw new LineProblem(name.line(), "cannot set \"" + name.text() + "\"");
        }
        if (tokens.acceptOperator(".")) {
            String attribute = tokens.expect(Kind.NAME, "a name after the dot").text();
            return new AssignmentTarget.AttributeTarget(name.text(), attribute);
        }
        return new AssignmentTarget.NameTarget(name.text());
    }
}
