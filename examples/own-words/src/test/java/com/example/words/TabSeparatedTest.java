package com.example.words;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.dataset.FormatExtension;
import dev.septet.contract.FormatWordContract;
import java.util.List;
import org.junit.jupiter.api.Test;

class TabSeparatedTest extends FormatWordContract {
    @Override
    protected FormatExtension extension() {
        return new TabSeparated();
    }

    @Override
    protected List<String> lines() {
        return List.of("prompt\tcompletion", "What is 1 + 1?\t2", "Two\\nlines\t\\\\ and a tab: \\t.");
    }

    @Override
    protected int rows() {
        return 2;
    }

    @Test
    void readsEscapes() {
        assertThat(extension()
                        .open(used())
                        .record("a\\nb\t\\\\c\\t")
                        .orElseThrow()
                        .toString())
                .contains("prompt=a\nb", "completion=\\c\t");
    }
}
