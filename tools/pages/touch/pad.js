/* A pad to draw on, with a mouse, a finger, or the arrow keys and the space bar. */

(function (touch) {
  "use strict";
  const { element } = touch;
  const FRAME = 100; // the unit of the strokes: the pad's side
  const PEN = 9;
  const STEP = 4;
  const MOVES = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const within = (value) => Math.min(Math.max(value, 0), FRAME);

  /* `changed(done)` is called while a stroke grows, and with true at its end; `begun` before the
     first point; `say` with words for a screen reader. */
  touch.drawingPad = function ({ begun, changed, say }) {
    let strokes = [];
    let cursor = null; // of the keyboard
    let down = false; // the pen of the keyboard
    let drawing = false; // the pen of the pointer
    let under = () => {};
    const canvas = element("canvas", {
      class: "touch-pad", tabindex: 0, role: "application", height: 560, width: 560,
      "aria-label": "Drawing pad: the arrow keys move the pen, the space bar puts it down and lifts it",
      on: {
        pointerdown(event) {
          event.preventDefault();
          canvas.setPointerCapture(event.pointerId);
          cursor = null;
          drawing = true;
          start(pointOf(event));
        },
        pointermove(event) {
          if (!drawing) return;
          const events = event.getCoalescedEvents?.() ?? [];
          for (const one of events.length ? events : [event]) extend(pointOf(one));
          changed(false);
        },
        pointerup: lift, pointercancel: lift,
        keydown,
        blur() { cursor = null; down = false; redraw(); },
      },
    });

    function lift() {
      if (drawing) changed(true);
      drawing = false;
    }
    function pointOf(event) {
      const box = canvas.getBoundingClientRect();
      return [
        within((FRAME * (event.clientX - box.left)) / box.width),
        within((FRAME * (event.clientY - box.top)) / box.height),
      ];
    }
    function start(point) {
      begun();
      strokes.push([point]);
      changed(false);
    }
    function extend(point) {
      const stroke = strokes[strokes.length - 1];
      const last = stroke[stroke.length - 1];
      if (Math.hypot(point[0] - last[0], point[1] - last[1]) >= 1) stroke.push(point);
    }

    function keydown(event) {
      const move = MOVES[event.key];
      if (!move && event.key !== " ") return;
      event.preventDefault();
      cursor = cursor ?? [FRAME / 2, FRAME / 4];
      if (move) {
        cursor = cursor.map((value, axis) =>
          within(value + move[axis] * (event.shiftKey ? 1 : STEP)));
        if (down) extend([...cursor]);
        if (down) changed(true);
      } else {
        down = !down;
        if (down) start([...cursor]);
      }
      say(`pen ${down ? "down" : "up"} at ${Math.round(cursor[0])} across, `
        + `${Math.round(cursor[1])} down, of ${FRAME}`);
      redraw();
    }

    function redraw() {
      const context = canvas.getContext("2d");
      const unit = canvas.width / FRAME;
      context.clearRect(0, 0, canvas.width, canvas.height);
      context.strokeStyle = context.fillStyle = getComputedStyle(canvas).color;
      context.lineWidth = PEN * unit;
      context.lineCap = context.lineJoin = "round";
      context.globalAlpha = 0.75;
      for (const stroke of strokes) {
        context.beginPath();
        stroke.forEach(([x, y]) => context.lineTo(x * unit, y * unit));
        if (stroke.length === 1) context.lineTo(stroke[0][0] * unit, stroke[0][1] * unit + 0.01);
        context.stroke();
      }
      context.globalAlpha = 1;
      under(context, unit);
      if (!cursor) return;
      context.lineWidth = 3;
      context.beginPath();
      context.arc(cursor[0] * unit, cursor[1] * unit, 4.5 * unit, 0, 2 * Math.PI);
      context.stroke();
      if (!down) return;
      context.beginPath();
      context.arc(cursor[0] * unit, cursor[1] * unit, 1.2 * unit, 0, 2 * Math.PI);
      context.fill();
    }

    return {
      canvas,
      get strokes() { return strokes; },
      set strokes(given) { strokes = given.map((stroke) => stroke.map((point) => [...point])); },
      undo() { strokes.pop(); },
      /* Draw the strokes, and over them whatever `over(context, unit)` draws. */
      redraw(over = () => {}) { under = over; redraw(); },
    };
  };
})((globalThis.touch = globalThis.touch || {}));
