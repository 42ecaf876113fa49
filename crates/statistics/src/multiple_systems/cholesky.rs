//! The Cholesky factor of a small positive definite matrix, such as the information of a model.

/// The matrix has no factor: it is not positive definite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotPositive;

/// The lower triangle `L` of `A = L Lᵀ`, row by row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cholesky {
    size: usize,
    lower: Vec<f64>,
}

impl Cholesky {
    pub(crate) fn factorise(&mut self, size: usize, entry: impl Fn(usize, usize) -> f64) -> Result<(), NotPositive> {
        self.size = size;
        self.lower.clear();
        self.lower.resize(size * size, 0.0);
        for i in 0..size {
            let (above, row) = self.lower.split_at_mut(i * size);
            for j in 0..=i {
                let value = entry(i, j);
                if j < i {
                    let other = &above[j * size..=j * size + j];
                    let dot: f64 = row[..j].iter().zip(other).map(|(a, b)| a * b).sum();
                    row[j] = (value - dot) / other[j];
                } else {
                    let rest = value - row[..i].iter().map(|a| a * a).sum::<f64>();
                    if rest.is_nan() || rest <= 0.0 {
                        return Err(NotPositive);
                    }
                    row[i] = rest.sqrt();
                }
            }
        }
        Ok(())
    }

    fn row(&self, i: usize) -> &[f64] {
        &self.lower[i * self.size..=i * self.size + i]
    }

    /// Solves `L x = b` in place.
    pub(crate) fn forward(&self, b: &mut [f64]) {
        for i in 0..self.size {
            let row = self.row(i);
            let dot: f64 = row[..i].iter().zip(&*b).map(|(a, b)| a * b).sum();
            b[i] = (b[i] - dot) / row[i];
        }
    }

    /// Solves `Lᵀ x = b` in place.
    pub(crate) fn backward(&self, b: &mut [f64]) {
        for i in (0..self.size).rev() {
            let row = self.row(i);
            b[i] /= row[i];
            let value = b[i];
            for (rest, factor) in b[..i].iter_mut().zip(row) {
                *rest -= factor * value;
            }
        }
    }

    /// Solves `A x = b` in place.
    pub(crate) fn solve(&self, b: &mut [f64]) {
        self.forward(b);
        self.backward(b);
    }

    /// The first diagonal entry of the inverse of `A`.
    pub(crate) fn first_of_inverse(&self) -> f64 {
        let mut column = vec![0.0; self.size];
        column[0] = 1.0;
        self.solve(&mut column);
        column[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_solves_its_own_matrix() {
        let matrix = [[4.0, 2.0, 0.6], [2.0, 5.0, 1.0], [0.6, 1.0, 3.0]];
        let mut factor = Cholesky::default();
        factor.factorise(3, |i, j| matrix[i][j]).unwrap();
        let mut x = [1.0, 2.0, 3.0];
        factor.solve(&mut x);
        for (row, wanted) in matrix.iter().zip([1.0, 2.0, 3.0]) {
            let got: f64 = row.iter().zip(x).map(|(a, b)| a * b).sum();
            assert!((got - wanted).abs() < 1e-12, "{got}");
        }
    }

    #[test]
    fn a_matrix_that_is_not_positive_is_refused() {
        let matrix = [[1.0, 2.0], [2.0, 1.0]];
        assert_eq!(Cholesky::default().factorise(2, |i, j| matrix[i][j]), Err(NotPositive));
    }
}
