package dev.septet.workers.gpu;

import dev.septet.llm.cuda.NvidiaCard;
import dev.septet.llm.cuda.NvidiaDriver;
import dev.septet.settings.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The cards that {@code --devices} selects: all that CUDA may use, or those with these numbers. */
public final class SelectedCards {
    private static final String ALL = "all";

    private SelectedCards() {}

    /**
     * Reads the option's value.
     *
     * @throws GpuProblem naming a card that does not exist or may not be used
     */
    public static List<NvidiaCard> of(String devices, NvidiaDriver driver, Map<String, String> environment) {
        List<NvidiaCard> visible = driver.visible(environment);
        if (driver.cards().isEmpty()) {
            throw new GpuProblem(
                    "--devices %s: this machine has no card that its driver reports".formatted(devices),
                    "`septet doctor` explains why; leave --devices out to train on the CPU");
        }
        if (devices.equals(ALL)) {
            if (visible.isEmpty()) {
                throw hidden(devices, driver.cards().get(0), environment);
            }
            return visible;
        }
        List<NvidiaCard> selected = new ArrayList<>();
        for (String entry : devices.split(",", -1)) {
            NvidiaCard card = find(entry.strip(), devices, driver.cards());
            if (!visible.contains(card)) {
                throw hidden(devices, card, environment);
            }
            if (selected.contains(card)) {
                throw new GpuProblem(
                        "--devices %s: %s is in the list twice".formatted(devices, card),
                        "name each card once: a card runs one training at a time");
            }
            selected.add(card);
        }
        return selected;
    }

    private static NvidiaCard find(String entry, String devices, List<NvidiaCard> cards) {
        if (!entry.matches("\\d+")) {
            throw new GpuProblem(
                    "--devices is `all`, or numbers of nvidia-smi separated by commas, got '%s'".formatted(devices),
                    "for example --devices 0,2");
        }
        Optional<NvidiaCard> card = cards.stream()
                .filter(one -> Integer.toString(one.index()).equals(entry))
                .findFirst();
        return card.orElseThrow(() -> new GpuProblem(
                "--devices %s: there is no card %s; this machine has %s"
                        .formatted(
                                devices,
                                entry,
                                cards.stream().map(NvidiaCard::toString).collect(Collectors.joining(", "))),
                "`nvidia-smi` shows the numbers"));
    }

    private static GpuProblem hidden(String devices, NvidiaCard card, Map<String, String> environment) {
        return new GpuProblem(
                "--devices %s: CUDA_VISIBLE_DEVICES is '%s', which hides %s"
                        .formatted(devices, Setting.CUDA_VISIBLE_DEVICES.value(environment), card),
                "unset CUDA_VISIBLE_DEVICES, or choose other cards");
    }
}
