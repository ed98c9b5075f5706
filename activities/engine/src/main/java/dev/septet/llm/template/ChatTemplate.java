package dev.septet.llm.template;

import dev.septet.llm.template.jinja.JinjaTemplate;
import dev.septet.llm.template.jinja.JinjaTemplate.Rendering;
import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.llm.template.jinja.value.Span;
import dev.septet.llm.template.jinja.value.TemplateLimits;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The chat template of a model. Thread-safe. */
public final class ChatTemplate {
    /**
     * The date that templates see without an explicit clock: training text must not change from day
     * to day.
     */
    public static final Clock FIXED_DAY = Clock.fixed(Instant.parse("2025-01-01T00:00:00Z"), ZoneOffset.UTC);

    private final String name;
    private final JinjaTemplate template;

    /** The model's other template, for conversations with tools; mostly there is none. */
    private final @Nullable Supplier<ChatTemplate> toolUse;

    private final Map<String, String> specialTokens;

    /** Other variables of the template: plain JSON data. */
    private final Map<String, Object> variables;

    private final Clock clock;

    private ChatTemplate(
            String name,
            JinjaTemplate template,
            @Nullable Supplier<ChatTemplate> toolUse,
            Map<String, String> specialTokens,
            Map<String, Object> variables,
            Clock clock) {
        this.name = name;
        this.template = template;
        this.toolUse = toolUse;
        this.specialTokens = new LinkedHashMap<>(specialTokens);
        this.variables = PlainData.object(variables);
        this.clock = clock;
    }

    /**
     * The template of a model folder: chat_template.jinja, otherwise the one in
     * tokenizer_config.json.
     *
     * @throws dev.septet.llm.format.FormatProblem when the folder has none
     * @throws TemplateProblem when it cannot be parsed
     */
    public static ChatTemplate of(Path modelFolder) {
        return new TemplateFolder(modelFolder).template();
    }

    /**
     * A template from its text.
     *
     * @param name name of the template in problems
     * @param specialTokens variables for the template, such as {@code bos_token}
     * @throws TemplateProblem when it cannot be parsed
     */
    public static ChatTemplate parse(String name, String source, Map<String, String> specialTokens) {
        return new ChatTemplate(name, JinjaTemplate.parse(name, source), null, specialTokens, Map.of(), FIXED_DAY);
    }

    /** This template, and another one for conversations with tools. */
    ChatTemplate withToolUse(Supplier<ChatTemplate> other) {
        return new ChatTemplate(name, template, other, specialTokens, variables, clock);
    }

    /** This template with another clock. */
    public ChatTemplate withClock(Clock clock) {
        Supplier<ChatTemplate> other = toolUse;
        return new ChatTemplate(
                name,
                template,
                other == null ? null : () -> other.get().withClock(clock),
                specialTokens,
                variables,
                clock);
    }

    /**
     * This template with values for its own variables, as the keyword arguments of {@code apply_chat_template} in
     * transformers.
     *
     * @param more plain JSON data by name
     */
    public ChatTemplate with(Map<String, Object> more) {
        Supplier<ChatTemplate> other = toolUse;
        Map<String, Object> all = new LinkedHashMap<>(variables);
        all.putAll(more);
        return new ChatTemplate(
                name, template, other == null ? null : () -> other.get().with(more), specialTokens, all, clock);
    }

    /**
     * Renders a conversation.
     *
     * @param addGenerationPrompt whether to end with the text that starts the assistant's answer
     * @throws TemplateProblem when the template fails or rejects these messages
     */
    public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
        return render(Chat.of(messages), addGenerationPrompt);
    }

    /**
     * Renders a conversation with its tools, as {@code apply_chat_template} of transformers does.
     *
     * @param addGenerationPrompt whether to end with the text that starts the assistant's answer
     * @throws TemplateProblem when the template fails or rejects this conversation
     */
    public String render(Chat chat, boolean addGenerationPrompt) {
        if (!chat.tools().isEmpty() && toolUse != null) {
            return toolUse.get().render(chat, addGenerationPrompt);
        }
        return rendering(chat, addGenerationPrompt).text();
    }

    /**
     * Renders a conversation and marks the assistant's parts.
     *
     * <p>A template with {@code {% generation %}} tags marks them itself. For other templates, the
     * conversation is rendered up to each answer and through it: the difference is the answer.
     *
     * @throws TemplateProblem when the template fails. Also when it renders earlier turns
     *     differently once more turns follow, so that the answers cannot be found
     */
    public Rendered renderMarked(List<ChatMessage> messages) {
        return renderMarked(Chat.of(messages), answer -> true);
    }

    /**
     * Renders a conversation with its tools, and marks the assistant's parts as {@link
     * #renderMarked(List)} does.
     *
     * @param learned whether to mark an assistant's message, by its index in the conversation
     * @throws TemplateProblem as {@link #renderMarked(List)}
     */
    public Rendered renderMarked(Chat chat, IntPredicate learned) {
        if (!chat.tools().isEmpty() && toolUse != null) {
            return toolUse.get().renderMarked(chat, learned);
        }
        Rendering whole = rendering(chat, false);
        List<ChatMessage> messages = chat.messages();
        int[] answers = IntStream.range(0, messages.size())
                .filter(i -> messages.get(i).isAssistant())
                .toArray();
        int[] chosen = Arrays.stream(answers).filter(learned).toArray();
        boolean marks = !whole.generated().isEmpty();
        if (marks && chosen.length == answers.length) {
            return new Rendered(whole.text(), whole.generated());
        }
        List<Span> spans = new ArrayList<>();
        if (marks) {
            for (int answer : chosen) {
                spans.addAll(generated(chat, answer, whole.generated()));
            }
        } else {
            spans.addAll(searched(chat, chosen, whole.text()));
            requireNoResults(chat, chosen);
        }
        return new Rendered(whole.text(), spans);
    }

    /** The marked parts of one message: those that the conversation gains with it. */
    private List<Span> generated(Chat chat, int answer, List<Span> all) {
        int before = rendering(chat.first(answer), false).generated().size();
        int through = answer == chat.messages().size() - 1
                ? all.size()
                : rendering(chat.first(answer + 1), false).generated().size();
        return all.subList(Math.min(before, all.size()), Math.min(Math.max(before, through), all.size()));
    }

    private List<Span> searched(Chat chat, int[] answers, String whole) {
        return Arrays.stream(answers)
                .mapToObj(answer -> span(chat, answer, whole))
                .toList();
    }

    /** Some templates write the results of tools inside the assistant's turn. Results are never learned. */
    private void requireNoResults(Chat chat, int[] answers) {
        if (chat.messages().stream().noneMatch(message -> message.role().equals("tool"))) {
            return;
        }
        String mark = String.valueOf(LiteralMarks.mark(chat));
        Chat marked = chat.withResults(mark);
        String whole = render(marked, false);
        for (Span span : searched(marked, answers, whole)) {
            if (span.of(whole).contains(mark)) {
                throw new TemplateProblem(
                        name,
                        "writes results of tools inside the assistant's turn, so the assistant's words"
                                + " cannot be found; use a template with {% generation %} tags");
            }
        }
    }

    private Span span(Chat chat, int answer, String whole) {
        List<ChatMessage> messages = chat.messages();
        String before = render(chat.first(answer), true);
        String through = answer == messages.size() - 1 ? whole : render(chat.first(answer + 1), false);
        return new AnswerSpan(before, through, whole, messages.get(answer))
                .find()
                .or(() -> chat.structured()
                        ? new ReplacedAnswer(chat, answer, whole, this::render).find()
                        : Optional.empty())
                .orElseThrow(() -> new TemplateProblem(
                        name,
                        "writes the turns up to message "
                                + (answer + 1)
                                + " differently once more follows, so the"
                                + " assistant's words cannot be found; train on"
                                + " rows with a single answer, or use a template"
                                + " that keeps earlier turns as they are"));
    }

    /**
     * Some templates compare a missing content with none. Current releases of transformers leave the
     * key out; older ones, for which those templates were written, pass none.
     */
    private Rendering rendering(Chat chat, boolean addGenerationPrompt) {
        try {
            return rendering(chat, addGenerationPrompt, false);
        } catch (TemplateProblem problem) {
            if (chat.messages().stream().allMatch(message -> message.content() != null)) {
                throw problem;
            }
            try {
                return rendering(chat, addGenerationPrompt, true);
            } catch (TemplateProblem again) {
                problem.addSuppressed(again);
                throw problem;
            }
        }
    }

    private Rendering rendering(Chat chat, boolean addGenerationPrompt, boolean none) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>(specialTokens);
        values.putAll(variables);
        values.put(
                "messages",
                chat.messages().stream()
                        .map(message -> message.forTemplate(none))
                        .toList());
        // As in transformers, both names are always defined.
        values.put("tools", chat.tools().isEmpty() ? null : chat.tools());
        values.put("documents", null);
        values.put("add_generation_prompt", addGenerationPrompt);
        return template.render(values, clock, TemplateLimits.STANDARD);
    }
}
