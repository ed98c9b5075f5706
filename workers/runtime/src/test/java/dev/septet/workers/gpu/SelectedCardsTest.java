package dev.septet.workers.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.llm.cuda.NvidiaCard;
import dev.septet.llm.cuda.NvidiaDriver;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectedCardsTest {
    private static final List<NvidiaCard> CARDS = List.of(
            new NvidiaCard(0, "GPU-aa", "NVIDIA L4", "8.9"),
            new NvidiaCard(1, "GPU-bb", "NVIDIA L4", "8.9"),
            new NvidiaCard(2, "GPU-cc", "NVIDIA A100", "8.0"));

    @Test
    void selectsAllThatCudaMayUse() {
        assertThat(select("all", Map.of())).isEqualTo(CARDS);
        assertThat(select("all", Map.of("CUDA_VISIBLE_DEVICES", "2,0"))).containsExactly(CARDS.get(2), CARDS.get(0));
    }

    @Test
    void selectsByNumber() {
        assertThat(select("0,2", Map.of())).containsExactly(CARDS.get(0), CARDS.get(2));
        assertThat(select(" 2 , 1 ", Map.of())).containsExactly(CARDS.get(2), CARDS.get(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0,3  | --devices 0,3: there is no card 3; this machine has card 0 (NVIDIA L4), card 1 (NVIDIA L4),"
                        + " card 2 (NVIDIA A100)",
                "1,1  | --devices 1,1: card 1 (NVIDIA L4) is in the list twice",
                "some | --devices is `all`, or numbers of nvidia-smi separated by commas, got 'some'",
                "0,   | --devices is `all`, or numbers of nvidia-smi separated by commas, got '0,'"
            })
    void refusesByName(String devices, String expected) {
        assertThatThrownBy(() -> select(devices, Map.of()))
                .isInstanceOf(GpuProblem.class)
                .hasMessage(expected);
    }

    @Test
    void refusesACardThatIsHidden() {
        assertThatThrownBy(() -> select("2", Map.of("CUDA_VISIBLE_DEVICES", "0,1")))
                .hasMessage("--devices 2: CUDA_VISIBLE_DEVICES is '0,1', which hides card 2 (NVIDIA A100)");
        assertThatThrownBy(() -> select("all", Map.of("CUDA_VISIBLE_DEVICES", "")))
                .hasMessage("--devices all: CUDA_VISIBLE_DEVICES is '', which hides card 0 (NVIDIA L4)");
    }

    @Test
    void refusesAMachineWithoutACard() {
        NvidiaDriver none = new NvidiaDriver(Optional.empty(), List.of(), List.of(), Optional.empty());

        assertThatThrownBy(() -> SelectedCards.of("all", none, Map.of()))
                .hasMessage("--devices all: this machine has no card that its driver reports");
    }

    private static List<NvidiaCard> select(String devices, Map<String, String> environment) {
        NvidiaDriver driver = new NvidiaDriver(Optional.of("560.35.03"), CARDS, List.of(), Optional.empty());
        return SelectedCards.of(devices, driver, environment);
    }
}
