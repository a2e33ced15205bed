"""The closed forms for one sensible stream, written independently of the library: what the published figures are held
against. Temperatures in kelvin, heat and power in kW, rates per MWh. Walden & Padulles 2024, doi 10.1016/j.enconman.2024.118983."""
import math

KELVIN = 273.15


class Stream:
    """The demand, the source and the machine. `bound_kw` is the largest heat that the machine may deliver."""

    def __init__(self, source_c=15.0, inlet_c=55.0, target_c=230.0, duty_kw=4800.0, eta=0.55, capacity_kw=math.inf,
                 p_elec_max_kw=math.inf, t_max_c=math.inf):
        self.t_src = source_c + KELVIN
        self.t_in = inlet_c + KELVIN
        self.t_target = target_c + KELVIN
        self.duty = duty_kw
        self.eta = eta
        self.flow = duty_kw / (self.t_target - self.t_in)
        self.bound = min(duty_kw, capacity_kw, self.heat(min(t_max_c + KELVIN, self.t_target)))
        if self.power(self.bound) > p_elec_max_kw:
            self.bound = bisect(lambda q: self.power(q) - p_elec_max_kw, 0.0, self.bound)

    def heat(self, t_out):
        return max(self.flow * (t_out - self.t_in), 0.0)

    def outlet(self, q):
        return self.t_in + q / self.flow

    def power(self, q):
        """P = (Q - T_src * integral dQ/T) / eta."""
        return (q - self.t_src * self.flow * math.log1p(q / (self.flow * self.t_in))) / self.eta

    def free_optimum(self, ratio):
        """Eq. 20; None where every kWh of heat pays."""
        return self.t_src * ratio / (ratio - self.eta) if ratio > self.eta else None

    def optimum(self, a_e, a_u):
        """The heat with the largest savings a_u*Q - a_e*P(Q), for a_u > 0."""
        if a_e <= 0.0:
            return self.bound
        free = self.free_optimum(a_e / a_u)
        return self.bound if free is None else min(self.heat(free), self.bound)

    def break_even_free(self, a_e, a_u):
        """The outlet beyond the optimum at which the savings have gone, unclamped: Eq. 15."""
        mean = self.free_optimum(a_e / a_u)
        if mean is None:
            return None
        ratio = mean / self.t_in
        if ratio <= 1.0:
            return self.t_in
        x = bisect(lambda y: (math.expm1(y) - ratio * y), math.log(ratio), 3.0 + 3.0 * math.log(ratio))
        return self.t_in * math.exp(x)

    def break_even(self, a_e, a_u):
        free = self.break_even_free(a_e, a_u) if a_e > 0.0 else None
        return self.bound if free is None else min(self.heat(free), self.bound)

    def savings(self, q, a_e, a_u):
        """Per hour: rates are per MWh."""
        return (a_u * q - a_e * self.power(q)) / 1000.0


class Jensen(Stream):
    """The same with the generic COP of Jensen et al. 2018 (doi 10.18462/iir.gl.2018.1386) at the published coefficients."""
    FLUIDS = {"ammonia": (0.2, 0.2, 0.016, 0.0014, -0.0015, 0.039), "isobutane": (-0.0011, 0.3, 2.4, 0.0035, -0.0033, 0.053)}

    def __init__(self, fluid, isentropic=0.8, pinch=5.0, source_c=15.0, source_out_c=None, **stream):
        self.fluid, self.isentropic, self.pinch = self.FLUIDS[fluid], isentropic, pinch
        self.source_in, self.source_out = source_c + KELVIN, (source_c if source_out_c is None else source_out_c) + KELVIN
        super().__init__(source_c=source_c, **stream)
        if self.source_out < self.source_in:
            self.t_src = (self.source_in - self.source_out) / math.log(self.source_in / self.source_out)

    def cop(self, q):
        a, b, c, d, e, f = self.fluid
        out = self.outlet(q)
        mean = (out - self.t_in) / math.log(out / self.t_in)
        lift, glide, x = mean - self.t_src, out - self.t_in, out - self.source_out + 2.0 * self.pinch
        sink = a * x + b * glide + c
        work = (1.0 + (sink + self.pinch) / mean) / (1.0 + (sink + 0.5 * (self.source_in - self.source_out) + 2.0 * self.pinch) / lift)
        return mean / lift * work * self.isentropic * (1.0 - (d * x + e * glide + f)) + 1.0 - self.isentropic

    def power(self, q):
        return q / self.cop(q) if q > 0.0 else 0.0

    def eta_lorenz(self, q):
        return self.cop(q) * (1.0 - self.t_src * self.flow * math.log1p(q / (self.flow * self.t_in)) / q)

    def optimum(self, a_e, a_u):
        """Where the slope of the savings, which falls, is zero."""
        def slope(q, step=0.05):
            return self.savings(q + step, a_e, a_u) - self.savings(q - step, a_e, a_u)
        low, high = 1.0, self.bound - 1.0
        return bisect(lambda q: -slope(q), low, high) if slope(low) > 0.0 > slope(high) else self.bound if slope(high) > 0.0 else 0.0


def bisect(f, low, high):
    """The root of a function that rises through zero between the two."""
    while True:
        mid = 0.5 * (low + high)
        if mid in (low, high):
            return mid
        low, high = (low, mid) if f(mid) > 0.0 else (mid, high)


def celsius(kelvin):
    return kelvin - KELVIN
