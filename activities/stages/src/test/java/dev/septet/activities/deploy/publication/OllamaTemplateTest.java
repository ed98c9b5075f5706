package dev.septet.activities.deploy.publication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.llm.template.ChatTemplate;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OllamaTemplateTest {
    private static final String TURNS = """
        {% for m in messages %}<|im_start|>{{ m['role'] }}
        {{ m['content'] }}<|im_end|>
        {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
        {% endif %}\
        """;

    @Test
    void saysTurnsInOllamasWords() {
        assertThat(of(TURNS, ""))
                .isEqualTo("{{ if .System }}<|im_start|>system\n{{ .System }}<|im_end|>\n"
                        + "{{ else }}{{ end }}"
                        + "{{ range .Messages }}"
                        + "{{ if eq .Role \"user\" }}<|im_start|>user\n{{ .Content }}"
                        + "<|im_end|>\n<|im_start|>assistant\n"
                        + "{{ else if eq .Role \"assistant\" }}{{ .Content }}<|im_end|>\n"
                        + "{{ end }}{{ end }}");
    }

    @Test
    void keepsADefaultSystemMessage() {
        String template = "{% if messages[0]['role'] != 'system' %}<|im_start|>system\nBe kind.<|im_end|>\n"
                + "{% endif %}"
                + TURNS;
        assertThat(of(template, ""))
                .contains("{{ else }}<|im_start|>system\nBe kind.{{ end }}")
                .contains("{{ if eq .Role \"user\" }}<|im_end|>\n<|im_start|>user\n");
    }

    @Test
    void leavesOutWhatTheTokenizerAddsByItself() {
        String template = "{{ bos_token }}" + TURNS;
        assertThat(of(template, "<s>")).doesNotContain("<s>");
        assertThat(of(template, "")).contains("{{ else }}<s>{{ end }}");
    }

    @Test
    void takesATemplateWithoutSystemMessages() {
        String template = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}"
                + "{% endif %}{% for m in messages %}<turn>"
                + "{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n"
                + "{{ m['content'] }}<end>\n{% endfor %}"
                + "{% if add_generation_prompt %}<turn>model\n{% endif %}";
        assertThat(of(template, ""))
                .isEqualTo("{{ range .Messages }}{{ if eq .Role \"user\" }}<turn>user\n{{ .Content }}"
                        + "<end>\n<turn>model\n"
                        + "{{ else if eq .Role \"assistant\" }}{{ .Content }}<end>\n"
                        + "{{ end }}{{ end }}");
    }

    @Test
    void refusesWhatOllamaCannotSay() {
        refuses("[INST] {% if messages[0]['role'] == 'system' %}{{ messages[0]['content'] }}\n\n"
                + "{% endif %}{% for m in messages %}{% if m['role'] == 'user' %}{{"
                + " m['content'] }} [/INST]{% elif m['role'] == 'assistant' %}{{ m['content']"
                + " }} [INST] {% endif %}{% endfor %}{{ messages | length }}");
        refuses("the last words: {{ messages[-1]['content'] }}");
    }

    private static void refuses(String template) {
        assertThatThrownBy(() -> of(template, ""))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("chat template cannot be written in Ollama's template language");
    }

    private static String of(String template, String bos) {
        return OllamaTemplate.of(ChatTemplate.parse("test", template, Map.of("bos_token", "<s>")), bos);
    }
}
