package dev.septet.llm.template.jinja.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.llm.template.jinja.JinjaTemplate;
import dev.septet.llm.template.jinja.TemplateProblem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates that would run for ever, fill the memory or the stack stop with a plain message. */
@Timeout(60)
class TemplateLimitsTest {
    /** Enough to start on every one of these, and soon spent. */
    private static final TemplateLimits SMALL = new TemplateLimits(200_000, 16 << 20, 200);

    private static final String DOUBLING = "{% set ns = namespace(x='aaaaaaaaaaaaaaaa') %}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
                "{% for a in range(99999) %}{% for b in range(999) %}{{ a }}{% endfor %}{% endfor" + " %}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a()" + " }}",
                "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{{ 'a' * 1000000000 }}",
                "{{ 'a' * 9223372036854775807 }}",
                "{{ [1] * 1000000000 }}",
                "{{ range(100000000) }}",
                "{{ range(-9223372036854775807, 9223372036854775807) }}",
                DOUBLING + "{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
                DOUBLING + "{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
                DOUBLING + "{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x" + " }}",
                DOUBLING + "{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}" + "{{ ns.x | tojson }}",
                "{% set ns = namespace(x=[], y=[]) %}{% for i in range(99) %}"
                        + "{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}"
                        + "{{ ns.x == ns.y }}",
                DOUBLING + "{% for i in range(99) %}{% set ns.x = ns.x | replace('a', 'aa') %}{%" + " endfor %}",
                DOUBLING + "{% for i in range(99) %}{% set ns.x = ns.x | replace('', 'aa') %}{%" + " endfor %}",
                DOUBLING + "{% for i in range(99) %}{% set ns.x = ns.x.join([ns.x, ns.x]) %}{%" + " endfor %}",
                DOUBLING + "{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] | join %}{% endfor" + " %}",
                DOUBLING + "{% for i in range(99) %}{% set ns.x = '%s%s' % (ns.x, ns.x) %}{% endfor" + " %}",
                DOUBLING + "{% for i in range(99) %}{% set ns.x = '{}{}'.format(ns.x, ns.x) %}{%" + " endfor %}",
                DOUBLING
                        + "{% for i in range(99) %}{% set ns.x = ns.x | indent(999, true) |"
                        + " replace(' ', '\\n"
                        + "') %}{% endfor %}",
                "{% for i in range(99999) %}{{ 'x' | center(999999) }}{% endfor %}",
                "{% set x = 'a' * 9999999 %}{% for i in range(99999) %}{% if x[i] == x %}{% endif" + " %}{% endfor %}",
                "{% set x = 'a' * 9999999 %}{% for i in range(99999) %}{% if 'b' in x %}{% endif" + " %}{% endfor %}",
                "{% set x = 'a' * 9999999 %}{% for i in range(99999) %}{% set y = x.find('b') %}{%" + " endfor %}",
                "{% set x = 'a' * 9999999 %}{% for i in range(99999) %}{% set y = x | length %}{%" + " endfor %}",
                "{{ (range(99999) | list) | unique | list | length }}",
                "{{ 9 ** 9 ** 9 }}",
                "{{ [] * 9223372036854775807 }}",
                "{% for i in range(9999) %}{% set y = [] * 99999 %}{% endfor %}",
                "{% for i in range(9999) %}{% set y = [1] | batch(99999, 'x') %}{% endfor %}",
                "{% set x = 'a' * 4000000 %}{% set y = 'a' * 4000000 %}"
                        + "{% for i in range(99999) %}{% if x == y %}{% endif %}{% endfor %}",
                "{% set x = 'a' * 4000000 %}{% set y = 'a' * 4000000 %}"
                        + "{% for i in range(99999) %}{% if x < y %}{% endif %}{% endfor %}",
                "{% set x = 'a' * 4000000 %}{% set y = 'a' * 2000000 ~ 'b' %}{% if y in x %}{%" + " endif %}",
                "{% set x = 'a' * 4000000 %}{% set y = x.count('a' * 1000000 ~ 'b') %}",
                "{% set x = 'a' * 4000000 %}{% set y = x.replace('a' * 1000000 ~ 'b', '') %}",
                "{% set x = 'a ' * 4000000 %}{% set y = x.split() %}",
                "{% set x = 'a' * 4000000 %}{% set y = x.split('a') %}",
                "{% set x = 'a\n' * 4000000 %}{% set y = x.splitlines() %}",
                "{% set x = 'a' * 4000000 %}{% set y = x | list %}",
                "{{ [[[[[[[[[[1]]]]]]]]]] | tojson(indent='x' * 8000000) }}",
                "{% set x = ['a' * 4000000] %}{% for i in range(9999) %}"
                        + "{% if x is upper %}{% endif %}{% endfor %}",
                "{% set x = ['a' * 4000000] %}{% for i in range(9999) %}" + "{% set y = x | wordcount %}{% endfor %}",
                "{% set x = '%(' * 4000000 %}{% for i in range(99) %}{% set y = x % 1 %}{% endfor" + " %}",
                "{% set ns = namespace(d={}) %}{% for i in range(99999) %}"
                        + "{% set ns.d = dict(ns.d, **{'k' ~ i: i}) %}{% endfor %}",
                "{% set x = '&' * 8000000 %}{{ x | e }}",
                "{% set x = ['A' * 4000000, 'B' * 4000000] %}{% for i in range(9999) %}"
                        + "{% set y = x | sort %}{% endfor %}"
            })
    void stopsHostileTemplates(String source) {
        assertThatThrownBy(() -> render(source, SMALL)).isInstanceOf(TemplateProblem.class);
    }

    @Test
    void aReasonIsASentence() {
        assertThatThrownBy(() -> render("{{ raise_exception('no' * 4000000) }}"))
                .isInstanceOf(TemplateProblem.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1200));
    }

    @Test
    void saysWhyItStopped() {
        assertThatThrownBy(() ->
                        render("x\n{% for a in range(99999) %}{% for b in range(9999) %}" + "{% endfor %}{% endfor %}"))
                .hasMessage("hostile, line 2: stopped after 5000000 steps: the template loops without"
                        + " an end, or over too much");
        assertThatThrownBy(() -> render("{{ 'a' * 999999999 }}"))
                .hasMessage("hostile, line 1: stopped after 67108864 characters: the text is too" + " long");
        assertThatThrownBy(() -> render("{% macro m() %}{{ m() }}{% endmacro %}\n{{ m() }}"))
                .hasMessage("hostile, line 1: nested more than 200 levels deep: an expression is too"
                        + " long, or a macro calls itself");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "{'a':", "not ", "-", "x[", "f(", "x if y else "})
    void refusesDeepNesting(String opening) {
        assertThatThrownBy(() -> render("{{ " + opening.repeat(50_000))).isInstanceOf(TemplateProblem.class);
    }

    @Test
    void refusesDeepBlocksAndLongChains() {
        assertThatThrownBy(() -> render("{% if true %}".repeat(20_000)))
                .hasMessageContaining("nested more than 100 levels deep");
        assertThatThrownBy(() -> render("{{ 1" + " + 1".repeat(50_000) + " }}"))
                .hasMessageContaining("nested more than 200 levels deep");
        assertThatThrownBy(() -> render("{{ 1" + " | string".repeat(50_000) + " }}"))
                .isInstanceOf(TemplateProblem.class);
        assertThatThrownBy(() -> render("x".repeat(2 << 20))).hasMessageContaining("expected at most 1048576");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ ''.getClass() }}",
                "{{ messages.getClass().forName('java.lang.Runtime') }}",
                "{{ text.class }}{{ text.class() }}",
                "{{ raise_exception.__globals__() }}",
                "{{ range.call() }}",
                "{{ namespace.__init__.__globals__ }}",
                "{{ (1).longValue() }}",
                "{{ messages.stream() }}",
                "{{ loop.frame() }}",
                "{{ text['getBytes']() }}",
                "{{ text | attr('getBytes') }}{{ (text | attr('getBytes'))() }}"
            })
    void reachesNoObjects(String source) {
        assertThatThrownBy(() -> render(source)).isInstanceOf(TemplateProblem.class);
    }

    private static String render(String source) {
        return render(source, TemplateLimits.STANDARD);
    }

    private static String render(String source, TemplateLimits limits) {
        Map<String, Object> variables = new HashMap<>();
        variables.put("messages", List.of());
        variables.put("text", "text");
        return JinjaTemplate.parse("hostile", source)
                .render(variables, null, limits)
                .text();
    }
}
