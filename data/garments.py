"""The ten garments of the stand-in for Fashion-MNIST, each drawn from a few polygons whose corners vary.

Every function takes a `Pen` and returns the coverage of the silhouette and a list of details, each a pair of
coverage and tone step (how much darker or lighter than the cloth). Lengths are in sixteenths of a pixel.
The ranges overlap on purpose where real garments do: shirt, pullover, coat and T-shirt; sneaker and boot.
"""

from d2l_utils.datasets.drawing import FULL, UNIT, per_image

import numpy as np


def _top(pen, *, length, shoulder, waist, hem, neck):
    """Return the coverage of a torso without sleeves, and the height of its shoulder line."""
    top, bottom = -length // 2, length - length // 2
    middle = top + length * 2 // 5
    upper = pen.polygon([(-shoulder, top), (shoulder, top), (waist, middle), (-waist, middle)])
    lower = pen.polygon([(-waist, middle - UNIT), (waist, middle - UNIT), (hem, bottom), (-hem, bottom)])
    opening = pen.polygon([(-neck, top - 2 * UNIT), (neck, top - 2 * UNIT), (0 * neck, top + neck)])
    return np.minimum(np.maximum(upper, lower), FULL - opening), top


def _sleeves(pen, *, shoulder, top, reach, drop, width):
    """Return the coverage of two sleeves that end `reach` outside and `drop` below the shoulders."""
    tip_x, tip_y = shoulder + reach, top + drop
    return pen.both_sides(
        [(shoulder - UNIT, top), (tip_x, tip_y), (tip_x - width, tip_y + width // 3), (shoulder - width, top + width)]
    )


def _line(pen, x, top, bottom, thickness):
    """Return the coverage of an upright line."""
    return pen.polygon([(x - thickness, top), (x + thickness, top), (x + thickness, bottom), (x - thickness, bottom)])


def t_shirt(pen):
    """Draw a T-shirt: short sleeves, round neck."""
    shoulder, waist = pen.vary(6, 8), pen.vary(5.5, 7.5)
    body, top = _top(
        pen, length=pen.vary(19, 24), shoulder=shoulder, waist=waist, hem=waist + pen.vary(-0.5, 1), neck=pen.vary(2, 4)
    )
    sleeves = _sleeves(
        pen, shoulder=shoulder, top=top, reach=pen.vary(2.5, 4.5), drop=pen.vary(3, 8.5), width=pen.vary(3, 4.5)
    )
    return np.maximum(body, sleeves), []


def trouser(pen):
    """Draw trousers: two legs from one waistband."""
    top, bottom = -pen.vary(11, 13), pen.vary(11, 13)
    hip, gap, ankle = pen.vary(4, 6), pen.vary(0.5, 2.5), pen.vary(2, 4)
    legs = pen.both_sides([(-hip, top), (UNIT // 4, top), (-gap, bottom), (-gap - ankle, bottom)])
    return legs, []


def pullover(pen):
    """Draw a pullover: long sleeves, small neck, narrow hem."""
    shoulder, waist = pen.vary(5.5, 7.5), pen.vary(5, 7)
    body, top = _top(
        pen, length=pen.vary(19, 23), shoulder=shoulder, waist=waist, hem=waist + pen.vary(-1.5, 0), neck=pen.vary(1, 3)
    )
    sleeves = _sleeves(
        pen, shoulder=shoulder, top=top, reach=pen.vary(2, 5), drop=pen.vary(13, 21), width=pen.vary(2.5, 4)
    )
    return np.maximum(body, sleeves), []


def dress(pen):
    """Draw a dress: long and narrow, wider at the hem, with short sleeves or none."""
    shoulder, waist = pen.vary(3, 5.5), pen.vary(2.5, 4.5)
    body, top = _top(
        pen, length=pen.vary(23, 26), shoulder=shoulder, waist=waist, hem=waist + pen.vary(1, 4.5), neck=pen.vary(1, 3)
    )
    sleeves = _sleeves(
        pen, shoulder=shoulder, top=top, reach=pen.vary(0, 3), drop=pen.vary(2, 7), width=pen.vary(1.5, 3)
    )
    return np.maximum(body, sleeves * per_image(pen.chance(40))), []


def coat(pen):
    """Draw a coat: long sleeves, wide hem, an opening all the way down."""
    shoulder, waist = pen.vary(5.5, 7.5), pen.vary(5, 7)
    length = pen.vary(22, 26)
    body, top = _top(
        pen, length=length, shoulder=shoulder, waist=waist, hem=waist + pen.vary(0.5, 2.5), neck=pen.vary(1, 4)
    )
    sleeves = _sleeves(
        pen, shoulder=shoulder, top=top, reach=pen.vary(2, 4.5), drop=pen.vary(14, 22), width=pen.vary(2.5, 4.5)
    )
    opening = _line(pen, pen.vary(-1, 1), top, top + length, pen.vary(0.4, 0.9))
    return np.maximum(body, sleeves), [(opening, pen.whole(50, 120) * pen.either())]


def sandal(pen):
    """Draw a sandal from the side, toe to the left: a sole, a heel, some straps."""
    toe, heel = -pen.vary(10, 13), pen.vary(9, 12)
    ground, rise, sole = pen.vary(4, 8), pen.vary(0, 8), pen.vary(1, 2.5)
    bed = pen.polygon([(toe, ground - sole), (heel, ground - rise - sole), (heel, ground - rise), (toe, ground)])
    block = pen.polygon(
        [(heel - pen.vary(2, 9), ground - rise), (heel, ground - rise), (heel, ground), (heel - pen.vary(1, 3), ground)]
    )
    shape = np.maximum(bed, block)
    for place in (-7, -2, 5):
        x, height, lean = pen.vary(place - 2, place + 2), pen.vary(3, 10), pen.vary(-3, 4)
        thickness = pen.vary(0.4, 1.4)
        foot = ground - rise * (x - toe) // (heel - toe) - sole // 2
        strap = pen.polygon(
            [
                (x - thickness, foot),
                (x + thickness, foot),
                (x + lean + thickness, foot - height),
                (x + lean - thickness, foot - height),
            ]
        )
        shape = np.maximum(shape, strap * per_image(pen.chance(80)))
    return shape, []


def shirt(pen):
    """Draw a shirt: half-long sleeves, a row of buttons."""
    shoulder, waist = pen.vary(5.5, 7.5), pen.vary(5, 7)
    length = pen.vary(20, 25)
    body, top = _top(
        pen, length=length, shoulder=shoulder, waist=waist, hem=waist + pen.vary(-0.5, 1.5), neck=pen.vary(1.5, 4)
    )
    sleeves = _sleeves(
        pen, shoulder=shoulder, top=top, reach=pen.vary(2, 4.5), drop=pen.vary(7, 15), width=pen.vary(2.5, 4.5)
    )
    buttons = _line(pen, pen.vary(-0.5, 0.5), top, top + length * 3 // 4, pen.vary(0.2, 0.6))
    return np.maximum(body, sleeves), [(buttons, pen.whole(40, 100) * pen.either())]


def _shoe(pen, *, instep, vamp, shaft):
    """Return a closed shoe from the side, toe to the left, and details: its sole and a line across."""
    toe, heel, ground = -pen.vary(10, 13), pen.vary(9.5, 12.5), pen.vary(5, 9)
    toe_height, sole, lean = vamp * pen.whole(6, 12) // 16, pen.vary(1, 2.5), pen.vary(-1, 2)
    foot = pen.polygon(
        [(toe, ground), (toe, ground - toe_height), (instep, ground - vamp), (heel, ground - vamp), (heel, ground)]
    )
    ankle = ground - vamp + 2 * UNIT
    upper = pen.polygon(
        [(instep, ankle), (instep + lean, ground - shaft), (heel - lean // 2, ground - shaft), (heel, ankle)]
    )
    bed = pen.polygon([(toe, ground - sole), (heel, ground - sole), (heel, ground), (toe, ground)])
    line = _line(pen, instep + pen.vary(-3, 3), ground - shaft, ground - sole, pen.vary(0.2, 1.5))
    return np.maximum(foot, upper), [(bed, pen.whole(-120, 120)), (line, pen.whole(-70, 70))]


def sneaker(pen):
    """Draw a sneaker: low, open at the ankle."""
    vamp = pen.vary(4.5, 7.5)
    return _shoe(pen, instep=pen.vary(-2, 4), vamp=vamp, shaft=vamp + pen.vary(0, 5))


def bag(pen):
    """Draw a bag: a box with a handle."""
    width, top, bottom = pen.vary(8, 12.5), pen.vary(-6, 0), pen.vary(7, 11)
    taper, grip, height, thickness = pen.vary(-2, 2), pen.vary(3, 8), pen.vary(0, 9), pen.vary(0.8, 2)
    box = pen.polygon([(-width + taper, top), (width - taper, top), (width, bottom), (-width, bottom)])
    outer = pen.polygon([(-grip * 3 // 4, top - height), (grip * 3 // 4, top - height), (grip, top), (-grip, top)])
    inner = pen.polygon(
        [
            (-grip * 3 // 4 + thickness, top - height + thickness),
            (grip * 3 // 4 - thickness, top - height + thickness),
            (grip - thickness, top + UNIT),
            (thickness - grip, top + UNIT),
        ]
    )
    return np.maximum(box, np.minimum(outer, FULL - inner)), []


def ankle_boot(pen):
    """Draw an ankle boot: a shaft above the heel."""
    vamp = pen.vary(5.5, 9)
    return _shoe(pen, instep=pen.vary(-2, 4), vamp=vamp, shaft=vamp + pen.vary(4, 13))


GARMENTS = (t_shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle_boot)  # labels 0 to 9
