pipeline('hello') {
    prepare { dataset 'data/hello.jsonl' }
    initialize { model 'models/tiny' }
    train { method lora() }
    evaluate {
        test('data/gold.jsonl') { metric loss; metric loss, below: 2.0 }
    }
}
