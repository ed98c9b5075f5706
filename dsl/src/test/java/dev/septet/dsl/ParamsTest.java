package dev.septet.dsl;

import static dev.septet.dsl.PipelineTexts.compile;
import static dev.septet.dsl.PipelineTexts.spec;
import static dev.septet.dsl.PipelineTexts.train;
import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.bind.ParamDeclaration;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ParamsTest {
    private static final String FILE = """
            def rounds = param('epochs', 3)
            def model = param('model', 'models/base')
            def careful = param('careful', false)
            """
            + train("method lora()\nepochs rounds\nif (careful) { clip 0.1 }").replace("'models/base'", "model");

    @Test
    void listsWhatTheFileDeclares() {
        assertThat(compile(FILE, Map.of()).params())
                .containsExactly(
                        new ParamDeclaration("epochs", new BigDecimal(3)),
                        new ParamDeclaration("model", "models/base"),
                        new ParamDeclaration("careful", false));
    }

    static Stream<Arguments> numbers() {
        return Stream.of(
                Arguments.of(7),
                Arguments.of(7L),
                Arguments.of(7.0),
                Arguments.of("7"),
                Arguments.of(new BigDecimal("7.00")));
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void takesNumbersHoweverTheyCome(Object seven) {
        assertThat(spec(FILE, Map.of("epochs", seven)).train().epochs()).isEqualTo(7);
    }

    @Test
    void takesTextsAndTruths() {
        var spec = spec(FILE, Map.of("model", "models/other", "careful", "true"));
        assertThat(spec.initialize().model()).isEqualTo("models/other");
        assertThat(spec.train().clip()).isEqualTo(0.1);
    }

    @Test
    void refusesUnknownOnesAndListsTheKnown() {
        assertThat(compile(FILE, Map.of("epoch", 7)).printed())
                .isEqualTo("test.groovy: the pipeline has no parameter `epoch`. Did you mean `epochs`?"
                        + " It has epochs, model, careful.\n");
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of("epochs", "many", "a number such as 3, but was given `many`"),
                Arguments.of("epochs", true, "a number such as 3, but was given `true`"),
                Arguments.of("epochs", "1e999", "a number such as 3, but was given `1e999`"),
                Arguments.of("epochs", Double.NaN, "a number such as 3, but was given `NaN`"),
                Arguments.of("model", 5, "text such as 'models/base', but was given `5`"),
                Arguments.of("careful", "yes", "true or false such as false, but was given `yes`"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void refusesValuesOfAnotherKind(String name, Object value, String message) {
        assertThat(compile(FILE, Map.of(name, value)).printed()).contains(message);
    }

    @Test
    void refusesNothingAsAValue() {
        var nothing = new HashMap<String, Object>();
        nothing.put("epochs", null);
        assertThat(compile(FILE, nothing).printed()).contains("takes a number such as 3");
    }

    @Test
    void checksAGivenValueLikeAWrittenOne() {
        assertThat(compile(FILE, Map.of("epochs", 0)).printed()).contains("epochs must be at least 1, got 0");
    }

    @Test
    void neverReadsAGivenTextAsCode() {
        String code = "x' + new File('/tmp').text + '${1}";
        assertThat(spec(FILE, Map.of("model", code)).initialize().model()).isEqualTo(code);
    }
}
