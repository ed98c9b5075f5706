package dev.septet.llm.template.jinja;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.llm.template.jinja.value.TemplateLimits;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A mistake in, a line and words out. */
class MessagesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{{ x                     | 1 | this is never closed with }}",
                "{% if x %}               | 1 | {% if %} is never closed",
                "{# x                     | 1 | a comment is opened with {# and never closed with" + " #}",
                "{% raw %}                | 1 | {% raw %} is never closed with {% endraw %}",
                "{{ 'x                    | 1 | a string is opened with ' and never closed",
                "~\n\n{{ 1 + }}~            | 3 | found }}, expected a value",
                "{{ (1] }}                | 1 | found ']', expected ')'",
                "{{ ] }}                  | 1 | ']' closes nothing",
                "{{ 1 $ 2 }}              | 1 | cannot read the character '$' here",
                "{{ '\\x4' }}             | 1 | ~a string has a broken \\x, \\u or \\U escape~",
                "{{ 99999999999999999999 }} | 1 | the number 99999999999999999999 is too large",
                "{% include 'x' %}        | 1 | ~{% include %} reads another file, which a chat"
                        + " template cannot do~",
                "{% do x %}               | 1 | ~there is no tag named \"do\" here~",
                "{% break %}              | 1 | {% break %} is outside of a loop",
                "{% set none = 1 %}       | 1 | ~cannot set \"none\"~",
                "{{ f(**x, 1) }}          | 1 | ~no argument may follow here: *list may occur once, and **mapping is"
                        + " the last~",
                "{{ f(a=1, 2) }}          | 1 | an argument without a name follows a named one",
                "{% for x y %}            | 1 | ~found \"y\", expected \"in\"~",
                "~{{ 1 }}\n{{ user.name }}~ | 2 | ~\"user\" is undefined~",
                "~{{ 'a' | nope }}~       | 1 | ~there is no filter named \"nope\"~",
                "{{ 'a' is nope }}        | 1 | ~there is no test named \"nope\"~",
                "{{ 'a' + 1 }}            | 1 | cannot calculate text + a number",
                "{{ 1 < 'a' }}            | 1 | cannot compare a number with text",
                "{{ [1].append(2) }}      | 1 | ~\"append\" changes its list or mapping, which a"
                        + " template cannot do~",
                "{{ 1 // 0 }}             | 1 | ~a number is too large, or divided by zero~",
                "{{ 9223372036854775807 + 1 }} | 1 | ~a number is too large, or divided by zero~",
                "{{ 'a'.replace('b') }}   | 1 | replace lacks its argument new",
                "{{ 'a'.replace(1, 2) }}  | 1 | ~replace expects text for old, got a number~",
                "{{ 'a'.upper(1) }}       | 1 | ~upper takes at most 0 arguments, got 1~",
                "~{{ 'a' | trim(x=1) }}~  | 1 | ~trim has no argument named \"x\"~",
                "{{ raise_exception('no system turn here') }} | 1 | ~the template refuses these"
                        + " messages: no system turn here~",
                "{{ range }}              | 1 | cannot print a function",
                "~{{ range | tojson }}~   | 1 | tojson cannot write a function",
                "{% set d.x = 1 %}        | 1 | ~cannot set d.x: only a namespace can be changed~",
                "{{ {[1]: 2} }}           | 1 | a mapping cannot have a list as a key",
                "{{ strftime_now('%Y') }} | 1 | ~\"strftime_now\" is undefined~",
                "{% set x %}{% generation %}{% endgeneration %}{% endset %} | 1 | ~{% generation %}"
                        + " is not allowed in a macro, a filter or a set block~"
            })
    void explainsMistakes(String source, int line, String words) {
        assertThatThrownBy(() -> JinjaTemplate.parse("t", source).render(Map.of(), null, TemplateLimits.STANDARD))
                .isInstanceOf(TemplateProblem.class)
                .hasMessage("t, line " + line + ": " + words);
    }
}
