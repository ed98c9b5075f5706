package dev.septet.activities.prepare.redaction;

/** The check digits of national identifiers. Every method takes capital letters, digits, and the signs + and -. */
final class NationalIdChecks {
    /** Multiplication table of the dihedral group D5. */
    private static final int[][] D5 = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
        {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
        {2, 3, 4, 0, 1, 7, 8, 9, 5, 6},
        {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
        {4, 0, 1, 2, 3, 9, 5, 6, 7, 8},
        {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
        {6, 5, 9, 8, 7, 1, 0, 4, 3, 2},
        {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
        {8, 7, 6, 5, 9, 3, 2, 1, 0, 4},
        {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}
    };

    private static final int[] PERMUTATION = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};

    /** Values of letters and digits at odd positions of a codice fiscale. */
    private static final int[] ITALIAN_ODD = {
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23
    };

    private NationalIdChecks() {}

    private static String digits(String value) {
        return value.replaceAll("[^0-9]", "");
    }

    private static int weighted(String digits, int... weights) {
        int sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * (digits.charAt(i) - '0');
        }
        return sum;
    }

    private static boolean date(String day, String month) {
        int d = Integer.parseInt(day);
        int m = Integer.parseInt(month);
        return d >= 1 && d <= 31 && m >= 1 && m <= 12;
    }

    /** Sozialversicherungsnummer: the fourth digit is a weighted sum modulo 11; months above 12 stand for no date. */
    static boolean austrian(String value) {
        String d = digits(value);
        int check = (weighted(d, 3, 7, 9) + weighted(d.substring(4), 5, 8, 4, 2, 1, 6)) % 11;
        return d.charAt(0) != '0' && check == d.charAt(3) - '0';
    }

    /** Rijksregisternummer: 97 - (nine digits modulo 97); a 2 stands before those born from 2000 on. */
    static boolean belgian(String value) {
        String d = digits(value);
        long number = Long.parseLong(d.substring(0, 9));
        int check = Integer.parseInt(d.substring(9));
        int month = Integer.parseInt(d.substring(2, 4)) % 20;
        boolean dated = month <= 12 && Integer.parseInt(d.substring(4, 6)) <= 31;
        return dated && (97 - number % 97 == check || 97 - (2_000_000_000L + number) % 97 == check);
    }

    /** CPF: two check digits modulo 11; eleven equal digits are none. */
    static boolean brazilian(String value) {
        String d = digits(value);
        int first = weighted(d, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10;
        int second = weighted(d, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10;
        return d.chars().distinct().count() > 1 && first == d.charAt(9) - '0' && second == d.charAt(10) - '0';
    }

    /** Steuer-Identifikationsnummer: ISO 7064 MOD 11,10; one of the first ten digits occurs two or three times. */
    static boolean germanTax(String value) {
        String d = digits(value);
        int product = 10;
        for (int i = 0; i < 10; i++) {
            int sum = (d.charAt(i) - '0' + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }
        long different = d.substring(0, 10).chars().distinct().count();
        return (11 - product) % 10 == d.charAt(10) - '0' && (different == 9 || different == 8);
    }

    /** DNI and NIE: the letter is that of the number modulo 23. */
    static boolean spanish(String value) {
        String v = value.replace("-", "");
        String number = v.substring(0, v.length() - 1)
                .replace('X', '0')
                .replace('Y', '1')
                .replace('Z', '2');
        return "TRWAGMYFPDXBNJZSQVHLCKE".charAt((int) (Long.parseLong(number) % 23)) == v.charAt(v.length() - 1);
    }

    /** Henkilötunnus: the last character is that of nine digits modulo 31. */
    static boolean finnish(String value) {
        int number = Integer.parseInt(value.substring(0, 6) + value.substring(7, 10));
        return date(value.substring(0, 2), value.substring(2, 4))
                && "0123456789ABCDEFHJKLMNPRSTUVWXY".charAt(number % 31) == value.charAt(10);
    }

    /** NIR: 97 - (thirteen digits modulo 97); 2A and 2B of Corsica count as 19 and 18. */
    static boolean french(String value) {
        String d = value.replace("2A", "19").replace("2B", "18");
        return d.length() == 15
                && d.chars().allMatch(Character::isDigit)
                && 97 - Long.parseLong(d.substring(0, 13)) % 97 == Integer.parseInt(d.substring(13));
    }

    /** NHS number: a weighted sum modulo 11. */
    static boolean britishHealth(String value) {
        String d = digits(value);
        return weighted(d, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1) % 11 == 0;
    }

    /** Aadhaar: Verhoeff's check digit. */
    static boolean verhoeff(String value) {
        String d = digits(value);
        int check = 0;
        for (int i = 0; i < d.length(); i++) {
            int digit = d.charAt(d.length() - 1 - i) - '0';
            for (int times = i % 8; times > 0; times--) {
                digit = PERMUTATION[digit];
            }
            check = D5[check][digit];
        }
        return check == 0;
    }

    /** Codice fiscale: the sum of the characters' values modulo 26 is the last letter. */
    static boolean italian(String value) {
        int sum = 0;
        for (int i = 0; i < 15; i++) {
            char c = value.charAt(i);
            int order = c >= 'A' ? c - 'A' : c - '0';
            sum += i % 2 == 0 ? ITALIAN_ODD[order] : order;
        }
        return sum % 26 == value.charAt(15) - 'A';
    }

    /** Burgerservicenummer: the test modulo 11. */
    static boolean dutch(String value) {
        String d = digits(value);
        return !d.equals("000000000") && weighted(d, 9, 8, 7, 6, 5, 4, 3, 2, -1) % 11 == 0;
    }

    /** Fødselsnummer: two check digits modulo 11. */
    static boolean norwegian(String value) {
        String d = digits(value);
        int day = Integer.parseInt(d.substring(0, 2)) % 40;
        int month = Integer.parseInt(d.substring(2, 4)) % 40;
        return day >= 1
                && day <= 31
                && month >= 1
                && month <= 12
                && weighted(d, 3, 7, 6, 1, 8, 9, 4, 5, 2, 1) % 11 == 0
                && weighted(d, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1) % 11 == 0;
    }

    /** PESEL: a weighted sum modulo 10, and a date whose month has the century. */
    static boolean polish(String value) {
        int month = Integer.parseInt(value.substring(2, 4)) % 20;
        int day = Integer.parseInt(value.substring(4, 6));
        return month >= 1
                && month <= 12
                && day >= 1
                && day <= 31
                && weighted(value, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1) % 10 == 0;
    }

    /** Personnummer: the Luhn checksum of its last ten digits, and a date; 60 is added to the day of a coordination number. */
    static boolean swedish(String value) {
        String all = digits(value);
        String d = all.substring(all.length() - 10);
        int day = Integer.parseInt(d.substring(4, 6)) % 60;
        return date(String.valueOf(day), d.substring(2, 4)) && CardDetector.luhn(d);
    }
}
