package dev.septet.activities.prepare.split;

import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.dsl.text.PublicText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of a field with few values, as numbers in the order of their first rows. */
final class RowClasses {
    /** A field with more values than this is a text, not a class. */
    static final int MAX_VALUES = 1000;

    /** A row without a value. */
    static final int NONE = -1;

    private final String option;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final List<RowPlace> places = new ArrayList<>();
    private int[] ids = new int[1024];
    private int rows;

    /**
     * @param option the option of the pipeline file that names the field, for messages
     */
    RowClasses(String option) {
        this.option = option;
    }

    /**
     * Adds the value of the next row.
     *
     * @throws DatasetProblem when the field has more than {@value #MAX_VALUES} values
     */
    void add(@Nullable String value, RowPlace place) {
        if (rows == ids.length) {
            ids = Arrays.copyOf(ids, Math.multiplyExact(rows, 2));
        }
        ids[rows++] = value == null ? NONE : number(value, place);
    }

    /** Adds a row with the value of an earlier one. */
    void addLike(int row) {
        if (rows == ids.length) {
            ids = Arrays.copyOf(ids, Math.multiplyExact(rows, 2));
        }
        ids[rows++] = ids[row];
    }

    private int number(String value, RowPlace place) {
        Integer known = numbers.get(value);
        if (known != null) {
            return known;
        }
        if (names.size() == MAX_VALUES) {
            throw new DatasetProblem(
                    DatasetProblem.Blame.DATA,
                    PublicText.of(
                            "%s: this row's value is the %,dth of the field in `%s`; name a field with at most %,d"
                                    + " values",
                            place.shown(), MAX_VALUES + 1, PublicText.said(option), MAX_VALUES));
        }
        numbers.put(value, names.size());
        names.add(value);
        places.add(place);
        return names.size() - 1;
    }

    /** The class of each row, or {@link #NONE}. */
    int[] ids() {
        return Arrays.copyOf(ids, rows);
    }

    /** Number of classes. */
    int count() {
        return names.size();
    }

    String name(int id) {
        return names.get(id);
    }

    /** The first row of a class. */
    RowPlace first(int id) {
        return places.get(id);
    }
}
