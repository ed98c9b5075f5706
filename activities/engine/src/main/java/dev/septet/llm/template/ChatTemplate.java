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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The chat template of a model. Thread-safe. */
public final class ChatTemplate {
    /**
     * The date that templates see without an explicit clock: training text must not change from day
     * to day.
     */
    public static final Clock FIXED_DAY = Clock.fixed(Instant.parse("2025-01-01T00:00:00Z"), ZoneOffset.UTC);

    private final String name;
    private final JinjaTemplate template;
    private final Map<String, String> specialTokens;
    private final Clock clock;

    private ChatTemplate(String name, JinjaTemplate template, Map<String, String> specialTokens, Clock clock) {
        this.name = name;
        this.template = template;
        this.specialTokens = new LinkedHashMap<>(specialTokens);
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
        return new ChatTemplate(name, JinjaTemplate.parse(name, source), specialTokens, FIXED_DAY);
    }

    /** This template with another clock. */
    public ChatTemplate withClock(Clock clock) {
        return new ChatTemplate(name, template, specialTokens, clock);
    }

    /**
     * Renders a conversation.
     *
     * @param addGenerationPrompt whether to end with the text that starts the assistant's answer
     * @throws TemplateProblem when the template fails or rejects these messages
     */
    public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
        return rendering(messages, addGenerationPrompt).text();
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
        Rendering whole = rendering(messages, false);
        if (!whole.generated().isEmpty()) {
            return new Rendered(whole.text(), whole.generated());
        }
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).isAssistant()) {
                spans.add(span(messages, i, whole.text()));
            }
        }
        return new Rendered(whole.text(), spans);
    }

    private Span span(List<ChatMessage> messages, int answer, String whole) {
        String before = render(messages.subList(0, answer), true);
        String through = answer == messages.size() - 1 ? whole : render(messages.subList(0, answer + 1), false);
        return new AnswerSpan(before, through, whole, messages.get(answer).content())
                .find()
                .orElseThrow(() -> new TemplateProblem(
                        name,
                        "writes the turns up to message "
                                + (answer + 1)
                                + " differently once more follows, so the"
                                + " assistant's words cannot be found; train on"
                                + " rows with a single answer, or use a template"
                                + " that keeps earlier turns as they are"));
    }

    private Rendering rendering(List<ChatMessage> messages, boolean addGenerationPrompt) {
        List<Map<String, Object>> plain = new ArrayList<>(messages.size());
        for (ChatMessage message : messages) {
            Map<String, Object> turn = new LinkedHashMap<>();
            turn.put("role", message.role());
            turn.put("content", message.content());
            plain.add(turn);
        }
        Map<String, Object> variables = new LinkedHashMap<>(specialTokens);
        variables.put("messages", plain);
        variables.put("add_generation_prompt", addGenerationPrompt);
        return template.render(variables, clock, TemplateLimits.STANDARD);
    }
}
