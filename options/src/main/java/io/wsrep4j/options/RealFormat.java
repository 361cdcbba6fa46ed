package io.wsrep4j.options;

import io.wsrep4j.api.text.AsciiNumber;
import java.math.BigDecimal;
import java.math.MathContext;

/** A floating-point number from a minimum to a maximum, the maximum included or not. */
public final class RealFormat implements ValueFormat<Double> {

    private static final MathContext SHOWN_DIGITS = new MathContext(15);

    private final double minimum;
    private final double maximum;
    private final boolean maximumIncluded;

    public RealFormat(double minimum, double maximum, boolean maximumIncluded) {
        this.minimum = minimum;
        this.maximum = maximum;
        this.maximumIncluded = maximumIncluded;
    }

    @Override
    public Double parse(String text) {
        BigDecimal number = new BigDecimal(AsciiNumber.of(text));
        double value = number.doubleValue();
        if (value < minimum || value > maximum || value == maximum && !maximumIncluded) {
            throw new IllegalArgumentException(text);
        }
        return value;
    }

    @Override
    public OptionType type() {
        return OptionType.REAL;
    }

    @Override
    public String allowed() {
        return "a number, " + minimum + " to " + (maximumIncluded ? "" : "less than ") + maximum;
    }

    @Override
    public String canonical(String text) {
        BigDecimal value = new BigDecimal(parse(text)).round(SHOWN_DIGITS).stripTrailingZeros();
        return value.signum() == 0 ? "0" : value.toPlainString();
    }
}
