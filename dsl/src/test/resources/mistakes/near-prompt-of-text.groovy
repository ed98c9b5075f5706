pipeline('hello') {
    prepare {
        dataset 'data/book.jsonl', format: text
        deduplicate near: 0.8, on: prompt
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}
