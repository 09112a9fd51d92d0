package org.thalweg.symmetry.spec;

import java.util.ArrayList;
import java.util.List;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WrongUse;
import org.thalweg.symmetry.AxisRole;
import org.thalweg.symmetry.NamePattern;

/**
 * An axis of a tensor in a specification: {@code residual}, a product {@code (heads head_dim)} with the outermost
 * factor first, a sum of products {@code [(heads key) + (heads value)]}, or a sum inside a product
 * {@code (heads [plain + rotary])}. A factor is a space, a length, {@code ~space} or {@code |space|}.
 *
 * @param outer factors before the sum, all factors when there is none
 * @param parts the summands, none or at least two
 * @param inner factors after the sum
 */
record AxisPattern(List<Term> outer, List<List<Term>> parts, List<Term> inner) {
    /** A space or a length, and how the space's map acts. */
    record Term(NamePattern name, AxisRole role) {
        boolean isLength() {
            String text = name.toString();
            return text.length() < 10 && text.chars().allMatch(letter -> letter >= '0' && letter <= '9');
        }

        int length() {
            return Integer.parseInt(name.toString());
        }

        static Term parse(String text) {
            if (text.startsWith("~")) {
                return new Term(NamePattern.parse(text.substring(1)), AxisRole.READER);
            }
            if (text.length() > 2 && text.startsWith("|") && text.endsWith("|")) {
                return new Term(NamePattern.parse(text.substring(1, text.length() - 1)), AxisRole.DIAGONAL);
            }
            return new Term(NamePattern.parse(text), AxisRole.WRITER);
        }

        @Override
        public String toString() {
            return switch (role) {
                case WRITER -> name.toString();
                case READER -> "~" + name;
                case DIAGONAL -> "|" + name + "|";
            };
        }
    }

    AxisPattern {
        outer = List.copyOf(outer);
        parts = List.copyOf(parts);
        inner = List.copyOf(inner);
    }

    static AxisPattern parse(String text) {
        List<Term> outer = new ArrayList<>();
        List<List<Term>> parts = new ArrayList<>();
        List<Term> inner = new ArrayList<>();
        List<Term> current = outer;
        for (String token : text.replaceAll("([()\\[\\]])", " $1 ").strip().split(" +")) {
            switch (token) {
                // Parentheses only group for the reader: products bind more tightly than sums.
                case "(", ")" -> { }
                case "[", "+" -> {
                    if (token.equals("[") != parts.isEmpty() || current == inner) {
                        throw malformed(text);
                    }
                    current = new ArrayList<>();
                    parts.add(current);
                }
                case "]" -> current = inner;
                default -> current.add(Term.parse(token));
            }
        }
        boolean empty = parts.isEmpty() ? outer.isEmpty() : parts.stream().anyMatch(List::isEmpty);
        if (empty || parts.size() == 1 || (!parts.isEmpty() && current != inner)) {
            throw malformed(text);
        }
        return new AxisPattern(outer, parts, inner);
    }

    private static WrongUse malformed(String text) {
        return new WrongUse("the axis " + Shown.name(text) + " in an architecture is malformed; write a product as "
                + "(a b) and a sum as [a + b], at most one sum an axis.");
    }

    boolean isSum() {
        return !parts.isEmpty();
    }

    /** The factors of each summand with those around it; one list when there is no sum. */
    List<List<Term>> products() {
        if (parts.isEmpty()) {
            return List.of(outer);
        }
        List<List<Term>> products = new ArrayList<>();
        for (List<Term> part : parts) {
            List<Term> product = new ArrayList<>(outer);
            product.addAll(part);
            product.addAll(inner);
            products.add(product);
        }
        return products;
    }

    @Override
    public String toString() {
        return isSum() ? products().toString() : outer.toString();
    }
}
