//! Bars of ratios, as an SVG.

use std::fs;
use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::table::{Row, Table};
use crate::task::Result;

const WIDTH: i32 = 760;
const BAR: i32 = 18;
const GAP: i32 = 6;
const TITLE: i32 = 34;
/// Where the bars begin, and how long the longest one is.
const LEFT: i32 = 210;
const LONGEST: i32 = 430;

/// Draws each table as a group of bars.
pub(super) fn draw(path: &Path, tables: &[Table]) -> Result<()> {
    let bars: usize = tables.iter().map(|table| table.rows.len()).sum();
    let height = tables.len() as i32 * (TITLE + GAP) + bars as i32 * (BAR + GAP) + GAP;
    let mut text = String::new();
    {
        let size = (WIDTH as u32, height as u32);
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        area.fill(&WHITE)?;
        let mut top = GAP;
        for table in tables {
            let title = format!("{} (1 is the baseline; less is better)", table.title);
            area.draw(&Text::new(title, (GAP, top + GAP), ("sans-serif", 15)))?;
            top += TITLE;
            let most = table.rows.iter().map(|row| row.ratio).fold(1.0, f64::max);
            for row in &table.rows {
                draw_bar(&area, row, most, top)?;
                top += BAR + GAP;
            }
            top += GAP;
        }
        area.present()?;
    }
    Ok(fs::write(
        path,
        text.lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect::<String>(),
    )?)
}

fn draw_bar<B>(
    area: &DrawingArea<B, plotters::coord::Shift>,
    row: &Row,
    most: f64,
    top: i32,
) -> Result<()>
where
    B: DrawingBackend,
    B::ErrorType: 'static,
{
    let font = ("sans-serif", 13).into_font().color(&BLACK);
    let middle = top + BAR / 2;
    let name = font.clone().pos(Pos::new(HPos::Right, VPos::Center));
    area.draw(&Text::new(row.name.clone(), (LEFT - GAP, middle), name))?;
    let end = LEFT + (f64::from(LONGEST) * row.ratio / most) as i32;
    let color = if row.goal.is_some() {
        RGBColor(31, 119, 180)
    } else {
        RGBColor(160, 160, 160)
    };
    area.draw(&Rectangle::new(
        [(LEFT, top), (end, top + BAR)],
        color.filled(),
    ))?;
    let label = font.pos(Pos::new(HPos::Left, VPos::Center));
    area.draw(&Text::new(
        format!("{:.2}", row.ratio),
        (end + GAP, middle),
        label,
    ))?;
    Ok(())
}
