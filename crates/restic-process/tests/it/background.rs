use std::future::poll_fn;
use std::sync::mpsc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use restic_process::Background;

/// Waits for a future by parking the thread: any runtime will do.
fn block_on<T>(mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> T {
    struct Unpark(thread::Thread);
    impl Wake for Unpark {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(std::sync::Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn items_arrive_in_order_and_then_the_end() {
    let mut background = Background::start(2, |outlet| {
        for item in 0..100 {
            assert!(outlet.send(item));
        }
    })
    .unwrap();
    for expected in 0..100 {
        assert_eq!(
            block_on(|context| background.poll_next(context)),
            Some(expected)
        );
    }
    assert_eq!(block_on(|context| background.poll_next(context)), None);
    assert_eq!(block_on(|context| background.poll_next(context)), None);
}

#[test]
fn a_full_queue_holds_the_work_back() {
    let (progress, sent) = mpsc::channel();
    let mut background = Background::start(1, move |outlet| {
        for item in 0..3 {
            outlet.send(item);
            progress.send(item).unwrap();
        }
    })
    .unwrap();
    assert_eq!(sent.recv().unwrap(), 0);
    assert!(
        sent.recv_timeout(Duration::from_millis(100)).is_err(),
        "no room for the second"
    );
    assert_eq!(block_on(|context| background.poll_next(context)), Some(0));
    assert_eq!(sent.recv().unwrap(), 1);
}

#[test]
fn dropping_it_wakes_work_that_waits_for_room() {
    let (progress, woken) = mpsc::channel();
    let background = Background::start(1, move |outlet| {
        while outlet.send(()) {}
        progress.send(()).unwrap();
    })
    .unwrap();
    drop(background);
    woken.recv_timeout(Duration::from_secs(10)).unwrap();
}

#[test]
fn a_panic_in_the_work_is_its_end() {
    let mut background = Background::<()>::start(1, |_outlet| panic!("on purpose")).unwrap();
    assert_eq!(block_on(|context| background.poll_next(context)), None);
}

#[test]
fn it_is_a_future_like_any_other() {
    let mut background = Background::start(1, |outlet| assert!(outlet.send(7))).unwrap();
    let mut next = std::pin::pin!(poll_fn(|context| background.poll_next(context)));
    assert_eq!(block_on(|context| next.as_mut().poll(context)), Some(7));
}
