"""The scan: a file is decoded once, front to back, and everything listens to that one stream.

params    what can be set (light to import: forms and recipes are made of it)
run       the pass itself, inside a decoding child
shrink    a decoded frame at the small sizes the analysers want
breaks    where scenes begin and end: detectors, one a file, dissolves and fades, black
split     scenes → clips of useful length
motion, camera, light, colours, bars, flashes    one kind of signal each
signals   what each number means; measure takes them all of one clip
farneback motion as EasyAnimate measures it, only where a recipe asks
sheet     sampled frames kept on disk
"""
