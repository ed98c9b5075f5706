pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        label('topic') { vote('a') { row.prompt.contains('x') } }
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}
